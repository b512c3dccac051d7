"""The body of an inference: a JSON object and, where a header says how long that is, bytes after it."""

from __future__ import annotations

from challenge_neuralworks.errors import BodyTooLarge, InvalidJson
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.serving.body import MAX_BODY_BYTES, parse, read_json
from challenge_neuralworks.serving.protocol.refusals import InvalidTensors
from challenge_neuralworks.serving.request import Request
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from typing import Any

LENGTH = "Inference-Header-Content-Length"
"""Header: bytes of the JSON object. What follows them are tensors."""

OCTETS = "application/octet-stream"
"""What a body with bytes in it is declared as; API Gateway passes it unharmed only if told to, by this type."""

ENTRIES = ("id", "inputs", "outputs", "parameters", "model_name", "model_version")
"""The last two stand in the URL already, but KServe's client writes them here too."""


class Envelope(NamedTuple):
    """The parts of a body.

    document : the JSON object; none of its entries is checked.
    tail : the bytes after it.
    as_text : whether the body came as text in which bytes may have been lost.
    """

    document: dict[str, Any]
    tail: bytes = b""
    as_text: bool = False


def read_envelope(request: Request) -> Envelope:
    """Return the parts of a request's body.

    Raises
    ------
    InvalidTensors : the body is no object, has entries of unknown names, or ends before the header says.
    RequestError : as `read_json`.
    """
    if not request.body:
        raise InvalidJson('the body is empty: send {"inputs": [...]}')
    try:
        envelope = _open(request)
    except (InvalidJson, InvalidTensors) as error:
        encoding = request.header("content-encoding")
        if encoding.lower() in ("", "identity"):
            raise
        raise InvalidJson(f"Content-Encoding {encoding[:40]!r} is not read: send the body as it is") from error
    document = envelope.document
    if type(document) is not dict:
        raise InvalidTensors([f"the body is {show(document)}: expected an object with inputs"])
    strangers = [show(name) for name in document if name not in ENTRIES]
    if strangers:
        raise InvalidTensors([f"an inference has {', '.join(ENTRIES)}, not {', '.join(strangers[:5])}"])
    return envelope


def _open(request: Request) -> Envelope:
    stated = _stated_length(request)
    declared = request.header("content-type")
    octets = declared.partition(";")[0].strip().lower() == OCTETS
    if stated is None and not octets:
        return Envelope(read_json(request))
    body = request.body or ""
    content = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    if len(content) > MAX_BODY_BYTES:
        raise BodyTooLarge(len(content), MAX_BODY_BYTES)
    length = len(content) if stated is None else _length(stated, len(content))
    if octets:
        document = parse(content[:length])
    else:
        # Declared as JSON or as nothing: as strict as anywhere.
        document = read_json(Request("POST", request.path, {"content-type": declared}, {}, content[:length]))
    return Envelope(document, content[length:], isinstance(body, str) and "\ufffd" in body)


def _stated_length(request: Request) -> str | None:
    stated = request.header(LENGTH.lower())
    # Sent without a value it is no number, which is another thing than not sent.
    if stated or any(str(name).lower() == LENGTH.lower() for name in request.headers):
        return stated
    return None


def _length(stated: str, most: int) -> int:
    # int() would read "1_0", " 1" and "+1" too.
    length = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0
    if not 0 < length <= most:
        raise InvalidTensors([f"{LENGTH} is {stated[:20]!r}: expected a number from 1 to {most}, the body's length"])
    return length
