"""Column tensors to rows: one input a field, one row an instance."""

from __future__ import annotations

from challenge_neuralworks.errors import TooManyInstances
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.protocol.binary import cut, decode
from challenge_neuralworks.serving.protocol.datatypes import INTEGERS, TAKEN, accepted
from challenge_neuralworks.serving.protocol.refusals import InvalidTensors
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.serving.protocol.envelope import Envelope
    from challenge_neuralworks.signature import Field, Signature, Value

ENTRIES = {"name", "shape", "datatype", "parameters", "data"}

MAX_SIZE = 2**63
"""Sizes are int64 in the protocol; JSON's integers have no end."""


def read_rows(envelope: Envelope, signature: Signature, limit: int) -> list[dict[str, Value]]:
    """Return the instances that an inference's inputs state, not yet checked against the signature.

    Parameters
    ----------
    limit : how many there may be.

    Raises
    ------
    InvalidTensors : names, shapes, datatypes or data are wrong; tells of every input.
    TooManyInstances : there are more than the limit.
    """
    entries = _entries(envelope.document.get("inputs"), signature)
    parts: dict[str, bytes] = {}
    if envelope.tail or any("parameters" in entry for entry in entries.values()):
        parts = cut(entries, envelope)
    columns = _columns(entries, parts, signature, limit)
    names = signature.names
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _entries(inputs: Any, signature: Signature) -> dict[str, dict[str, Any]]:
    if type(inputs) is not list:
        raise InvalidTensors([f"inputs are {show(inputs)}: expected an array of tensors"])
    try:
        entries = {entry["name"]: entry for entry in inputs if type(entry) is dict}
    except (KeyError, TypeError):
        entries = {}
    if len(entries) != len(inputs) or entries.keys() != set(signature.names):
        from challenge_neuralworks.serving.protocol.naming import naming_faults  # Most inferences have none.

        raise naming_faults(inputs, signature)
    return entries


def _columns(
    entries: Mapping[str, dict[str, Any]], parts: Mapping[str, bytes], signature: Signature, limit: int
) -> list[Sequence[Value]]:
    columns: list[Sequence[Value]] = []
    faults: list[str] = []
    n = None
    for field in signature.fields:
        entry = entries[field.name]
        try:
            n, deep = _shape(entry, limit, n)
            columns.append(_values(entry, parts.get(field.name), field, n, deep=deep))
        except InvalidTensors as error:
            faults += [f"input {show(field.name)}{_joint(fault)}{fault}" for fault in error.faults]
    if faults:
        raise InvalidTensors(faults)
    return columns


def _joint(fault: str) -> str:
    return ", " if fault.startswith("row ") else ": "


def _shape(entry: dict[str, Any], limit: int, agreed: int | None) -> tuple[int, bool]:
    # How many rows, and whether each is an array of its own.
    shape: Any = entry.get("shape")
    if not _is_column(shape):
        given = f"[{', '.join(map(show, shape[:5]))}]" if type(shape) is list else show(shape)
        raise InvalidTensors([f"the shape is {given}: expected [n] or [n, 1], of one row or more"])
    n: int = shape[0]
    if n > limit:
        raise TooManyInstances(n, limit)
    if agreed is not None and n != agreed:
        raise InvalidTensors([f"the shape says {n} rows, but an input before it has {agreed}"])
    return n, len(shape) == 2


def _is_column(shape: Any) -> bool:
    if type(shape) is not list or not shape or type(shape[0]) is not int or not 0 < shape[0] < MAX_SIZE:
        return False
    return len(shape) == 1 or (len(shape) == 2 and type(shape[1]) is int and shape[1] == 1)


def _values(entry: dict[str, Any], raw: bytes | None, field: Field, n: int, *, deep: bool) -> Sequence[Value]:
    datatype = entry.get("datatype")
    if type(datatype) is not str or datatype not in TAKEN[field.kind]:
        raise InvalidTensors([f"datatype {show(datatype)} is not accepted: expected {accepted(field)}"])
    if not entry.keys() <= ENTRIES:
        strangers = ", ".join([show(key) for key in entry if key not in ENTRIES][:5])
        raise InvalidTensors([f"a tensor has name, shape, datatype, parameters and data, not {strangers}"])
    data = entry.get("data")
    if raw is not None:
        if data is not None:
            raise InvalidTensors(["the values come twice, as data and as bytes"])
        return decode(raw, datatype, n)
    return _listed(data, datatype, field, n, deep=deep)


def _listed(data: Any, datatype: str, field: Field, n: int, *, deep: bool) -> Sequence[Value]:
    if type(data) is not list:
        raise InvalidTensors([f"data is {show(data)}: expected an array of {n} values"])
    if len(data) != n:
        raise InvalidTensors([f"data holds {len(data)} values, but the shape says {n}"])
    if deep and type(data[0]) is list:
        data = [_only(row, index) for index, row in enumerate(data)]
    if field.kind == "number" and datatype in INTEGERS:
        for index, value in enumerate(data):
            if type(value) is float:
                raise InvalidTensors([f"row {index}: {show(value)} is no {datatype}"])
    values: Sequence[Value] = data
    return values


def _only(row: Any, index: int) -> Any:
    if type(row) is list and len(row) == 1:
        return row[0]
    raise InvalidTensors([f"row {index}: {show(row)} is not an array of one value, as the shape says"])
