"""A function's answer read as the HTTP response that a REST API makes of it.

Source: AWS, "Output format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.gateway.limits import PAYLOAD_BYTES
from challenge_neuralworks.gateway.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from challenge_neuralworks.gateway.messages import Pairs

NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")

RESERVED = (
    "Authorization Connection Content-Length Content-MD5 Date Expect Host Max-Forwards Proxy-Authenticate "
    "Server TE Trailer Transfer-Encoding Upgrade User-Agent Via WWW-Authenticate"
)
REMAPPED = {name.lower(): f"x-amzn-Remapped-{name}" for name in RESERVED.split()}
"""Headers that a function cannot set: API Gateway renames them."""


class MalformedAnswer(NeuralworksError):
    """A function's answer is not of the proxy integration's shape; the caller gets a 502."""

    code = "malformed-answer"


def read_answer(answer: Any) -> HttpResponse:
    """Return the response that an answer stands for.

    Raises
    ------
    MalformedAnswer : it stands for none; says why.
    """
    if not isinstance(answer, dict):
        raise MalformedAnswer(f"the answer is {type(answer).__name__}, not an object")
    headers = _headers(answer.get("headers"), answer.get("multiValueHeaders"))
    body = _body(answer.get("body"), answer.get("isBase64Encoded"))
    return HttpResponse(_status(answer.get("statusCode")), headers, body)


def _status(status: Any) -> int:
    if type(status) is str and status.isascii() and status.isdigit():
        status = int(status[:4])
    if type(status) is not int or not 200 <= status <= 599:
        raise MalformedAnswer(f"statusCode is {status!r:.40}, not an integer from 200 to 599")
    return status


def _headers(single: Any, multiple: Any) -> Pairs:
    pairs: Pairs = []
    if multiple is not None:
        pairs = [_header(name, value) for name, values in _items(multiple) for value in _values(name, values)]
    for name, value in _items(single) if single is not None else ():
        pair = _header(name, value)
        # AWS merges both, and a pair that both hold is sent once.
        if not multiple or pair not in pairs:
            pairs.append(pair)
    for name, _ in pairs:
        if name.lower() == "content-type":
            return pairs
    pairs.append(("Content-Type", "application/json"))
    return pairs


def _items(headers: Any) -> Iterable[tuple[Any, Any]]:
    if not isinstance(headers, dict):
        raise MalformedAnswer(f"headers are {type(headers).__name__}, not an object")
    return headers.items()


def _values(name: Any, values: Any) -> list[Any]:
    if not isinstance(values, list | tuple):
        raise MalformedAnswer(f"multiValueHeaders[{name!r:.60}] is {type(values).__name__}, not an array")
    return list(values)


def _header(name: Any, value: Any) -> tuple[str, str]:
    if type(value) is bool:
        value = "true" if value else "false"
    elif type(value) in (int, float):
        value = str(value)
    if type(name) is not str or type(value) is not str:
        raise MalformedAnswer(f"header {name!r:.60} has a value of type {type(value).__name__}")
    return _checked(name, value)


# Nearly every answer has the same headers; 1.5 us a request saved.
@lru_cache(maxsize=256)
def _checked(name: str, value: str) -> tuple[str, str]:
    if not NAME.fullmatch(name) or not VALUE.fullmatch(value):
        raise MalformedAnswer(f"header {name!r:.60} has a name or a value that cannot be sent")
    return REMAPPED.get(name.lower(), name), value


def _body(body: Any, encoded: Any) -> bytes:
    if body is None:
        return b""
    if type(body) is not str:
        raise MalformedAnswer(f"body is {type(body).__name__}, not a string")
    if len(body) > PAYLOAD_BYTES:
        raise MalformedAnswer(f"body has {len(body):,} characters; Lambda answers at most {PAYLOAD_BYTES:,} bytes")
    try:
        return a2b_base64(body, strict_mode=True) if encoded and body else body.encode()
    except (Error, UnicodeEncodeError) as error:
        raise MalformedAnswer(f"body cannot be sent: {error}") from error
