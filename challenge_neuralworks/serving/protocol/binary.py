"""Tensors as bytes: little-endian numbers, and strings each behind its length.

Source: KServe, "Binary Tensor Data Extension".
"""

from __future__ import annotations

import struct

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.protocol.datatypes import BYTES, LETTERS
from challenge_neuralworks.serving.protocol.envelope import LENGTH, OCTETS
from challenge_neuralworks.serving.protocol.refusals import InvalidTensors
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.serving.protocol.envelope import Envelope
    from challenge_neuralworks.signature import Value

SIZE = "binary_data_size"

KNOWN = {SIZE, "content_type"}
"""Parameters of an input. MLServer's client adds the second to say what it encoded; the datatype says it here."""

PREFIX_BYTES = 4


def cut(entries: Mapping[str, Mapping[str, Any]], envelope: Envelope) -> dict[str, bytes]:
    """Return the bytes of each input that has any: they follow one another as the inputs do.

    Raises
    ------
    InvalidTensors : an input's parameters are malformed, or sizes and bytes do not agree.
    """
    parts: dict[str, bytes] = {}
    start = 0
    for name, entry in entries.items():
        size = _size(name, entry.get("parameters"))
        if size is not None:
            parts[name] = envelope.tail[start : start + size]
            start += size
    if start != len(envelope.tail):
        raise InvalidTensors([_disagreement(start, envelope)])
    return parts


def _size(name: str, parameters: Any) -> int | None:
    if parameters is None:
        return None
    if type(parameters) is not dict:
        raise InvalidTensors([f"input {show(name)}: parameters are {show(parameters)}: expected an object"])
    if not parameters.keys() <= KNOWN:
        given = ", ".join([show(key) for key in parameters if key not in KNOWN][:5])
        raise InvalidTensors([f"input {show(name)}: the only parameter known here is {SIZE}, not {given}"])
    size = parameters.get(SIZE)
    # int64 in the protocol; JSON's integers have no end.
    if size is None or (type(size) is int and 0 <= size < 2**63):
        return size
    raise InvalidTensors([f"input {show(name)}: {SIZE} is {show(size)}: expected a number of bytes"])


def _disagreement(announced: int, envelope: Envelope) -> str:
    found = len(envelope.tail)
    text = f"{SIZE} of all inputs is {announced} bytes, but {found} follow the JSON object"
    if envelope.as_text:
        return f"{text}: the body came as text, which loses bytes; send Content-Type: {OCTETS}"
    return text if found else f"{text}; the header {LENGTH} says where it ends"


def decode(raw: bytes, datatype: str, n: int) -> Sequence[Value]:
    """Return the ``n`` values that bytes hold.

    Raises
    ------
    InvalidTensors : there are fewer or more, or a string is no UTF-8.
    """
    return _strings(raw, n) if datatype == BYTES else _numbers(raw, datatype, n)


def _numbers(raw: bytes, datatype: str, n: int) -> Sequence[Value]:
    layout = f"<{n}{LETTERS[datatype]}"
    needed = struct.calcsize(layout)
    if len(raw) != needed:
        raise InvalidTensors([f"{n} values of {datatype} take {needed} bytes, but {SIZE} is {len(raw)}"])
    return struct.unpack(layout, raw)


def _strings(raw: bytes, n: int) -> Sequence[Value]:
    values: list[str] = []
    # Categories repeat: each is decoded once.
    known: dict[bytes, str] = {}
    start = 0
    while start < len(raw):
        text = start + PREFIX_BYTES
        end = text + int.from_bytes(raw[start:text], "little")
        if end > len(raw) or len(values) == n:
            break
        piece = raw[text:end]
        value = known.get(piece)
        if value is None:
            value = known[piece] = _decoded(piece, len(values))
        values.append(value)
        start = end
    if start != len(raw) or len(values) != n:
        raise InvalidTensors([f"{len(raw)} bytes do not hold {n} strings, each behind its length in 4 bytes"])
    return values


def _decoded(piece: bytes, row: int) -> str:
    try:
        return piece.decode()
    except UnicodeDecodeError as error:
        raise InvalidTensors([f"row {row}: the string is not UTF-8"]) from error
