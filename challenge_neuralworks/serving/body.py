"""A request's body as JSON values, refusing what would be read one way here and another way elsewhere."""

from __future__ import annotations

from json import JSONDecodeError, JSONDecoder

from challenge_neuralworks.errors import BodyTooLarge, InvalidJson, NestedTooDeeply, UnsupportedMediaType
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from challenge_neuralworks.serving.request import Request

MAX_BODY_BYTES = 6 * 1024 * 1024
"""Lambda's own limit of a synchronous payload: nothing larger arrives on AWS."""

ACCEPTED = ("application/json", "text/json")


MAX_REMEMBERED = 100

_READABLE = {"application/json"}
"""Declarations found to be JSON: a client sends the same one each time, and parameters can be endless."""


def read_json(request: Request) -> Any:
    """Return the JSON value of a request's body.

    Raises
    ------
    UnsupportedMediaType : Content-Type names something else; a missing one counts as JSON.
    BodyTooLarge : the body is longer than `MAX_BODY_BYTES`.
    NestedTooDeeply, InvalidJson : see `parse`.
    """
    if request.document is not None:
        return request.document
    media_type = request.header("content-type")
    if media_type not in _READABLE:
        _check_media_type(media_type)
    body = request.body
    if not body:
        raise InvalidJson('the body is empty: send one instance, or {"instances": [...]}')
    # A character takes four bytes at most: a shorter body need not be counted.
    if len(body) > MAX_BODY_BYTES // 4:
        _check_length(body)
    return parse(body)


def parse(body: str | bytes) -> Any:
    """Return the one JSON value that a text holds.

    Raises
    ------
    NestedTooDeeply : arrays and objects stand within each other beyond the interpreter's own limit.
    InvalidJson : no JSON, not UTF-8, NaN or Infinity, or a key that stands twice; says what and where.
    """
    try:
        return _read(body if isinstance(body, str) else str(body, "utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidJson(f"the body is not UTF-8: byte {error.start} cannot be read") from error
    except RecursionError as error:
        raise NestedTooDeeply("the body is nested too deeply: an instance is flat") from error
    except JSONDecodeError as error:
        raise InvalidJson(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        # Python refuses to read integers of thousands of digits.
        raise InvalidJson("a number has too many digits") from error


def _read(text: str) -> Any:
    try:
        value, end = _SCAN(text, 0)
        if end == len(text):
            return value
    except StopIteration:
        pass
    # White space around the value, or an error to be named: the slow way knows both. Bytes lost their mark already.
    return _DECODER.decode(text.removeprefix("\ufeff"))


def _check_media_type(declared: str) -> None:
    kind, _, parameters = declared.lower().partition(";")
    kind = kind.strip()
    charset = parameters.partition("charset=")[2].strip(" \"'") if parameters else ""
    known = not kind or kind in ACCEPTED or (kind.startswith("application/") and kind.endswith("+json"))
    if not known or charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(declared)
    if len(_READABLE) < MAX_REMEMBERED:
        _READABLE.add(declared)


def _check_length(body: str | bytes) -> None:
    size = len(body) if isinstance(body, bytes) else len(body.encode("utf-8", "surrogatepass"))
    if size > MAX_BODY_BYTES:
        raise BodyTooLarge(size, MAX_BODY_BYTES)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        # The first key that stands twice; parsers differ in which of its values they keep.
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InvalidJson(f"the key {show(twice)} stands twice in one object")
    return made


def _no_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is no JSON value")


_DECODER = JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
_SCAN: Callable[[str, int], tuple[Any, int]] = _DECODER.scan_once  # type: ignore[attr-defined]
