"""Which of the protocol's datatypes a field is, which others it takes, and how they look as bytes."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from challenge_neuralworks.signature import Field

BYTES, INT64, FP64 = "BYTES", "INT64", "FP64"

INTEGERS: Mapping[str, str] = {
    "INT64": "q",
    "INT32": "i",
    "INT16": "h",
    "INT8": "b",
    "UINT64": "Q",
    "UINT32": "I",
    "UINT16": "H",
    "UINT8": "B",
}
"""Datatype -> its letter in `struct`."""

FLOATS: Mapping[str, str] = {"FP64": "d", "FP32": "f", "FP16": "e"}

LETTERS: Mapping[str, str] = {**INTEGERS, **FLOATS}

OWN = {"category": BYTES, "integer": INT64, "number": FP64}
"""Kind of field -> the datatype that metadata names."""

TAKEN: Mapping[str, Collection[str]] = {"category": (BYTES,), "integer": tuple(INTEGERS), "number": tuple(LETTERS)}
"""Kind of field -> the datatypes that are read. A float is no integer here, as 9.0 is none in JSON."""


def accepted(field: Field) -> str:
    """Return, in a few words, which datatypes a field takes."""
    others = {"category": "", "integer": " or another integer", "number": ", FP32, FP16 or an integer"}
    return OWN[field.kind] + others[field.kind]
