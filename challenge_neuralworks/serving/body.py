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
    headers = request.headers
    # The two spellings that nearly every event has.
    declared = headers.get("content-type") or headers.get("Content-Type")
    if type(declared) is not str or declared not in _READABLE:
        _check_media_type(request.header("content-type"))
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
    text = _decoded(body) if isinstance(body, bytes) else body
    try:
        value, end = _SCAN(text, 0)
        # A text has a colon after each key, and may have more within strings. Of keys that stand twice one is kept. So
        # where a value has as many keys as its text has colons, none stands twice.
        if end == len(text):
            colons = text.count(":")
            if (type(value) is dict and len(value) == colons) or _count_keys(value) == colons:
                return value
    except (StopIteration, ValueError, RecursionError, InvalidJson):
        pass
    # White space around the value, a colon within a string, or an error to be named: the slow way knows them all.
    return _parsed(text)


def _decoded(body: bytes) -> str:
    try:
        return str(body, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidJson(f"the body is not UTF-8: byte {error.start} cannot be read") from error


def _parsed(text: str) -> Any:
    try:
        # Bytes lost their mark already.
        return _DECODER.decode(text.removeprefix("\ufeff"))
    except RecursionError as error:
        raise NestedTooDeeply("the body is nested too deeply: an instance is flat") from error
    except JSONDecodeError as error:
        raise InvalidJson(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        # Python refuses to read integers of thousands of digits.
        raise InvalidJson("a number has too many digits") from error


def _count_keys(value: Any) -> int:
    # Those of an object, and of the objects in its arrays: instances, tensors. It may have more.
    if type(value) is not dict:
        return 0
    arrays = [inner for inner in value.values() if type(inner) is list]
    return len(value) + sum([len(one) for array in arrays for one in array if type(one) is dict])


def _check_media_type(declared: str) -> None:
    if declared in _READABLE:
        return
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
_QUICK = JSONDecoder(parse_constant=_no_constant)
"""Looks at no object's keys, which saves a third of the time."""
_SCAN: Callable[[str, int], tuple[Any, int]] = _QUICK.scan_once  # type: ignore[attr-defined]
