"""What the cells of a text file say: each value as it would stand in a JSON body, by the schema of its field."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Reader = Callable[[Any], Any]

MISSING = frozenset({"NA", "N/A", "<NA>", "NaN", "nan", "null", "NULL"})
"""What programs write for a missing value, beside the empty cell."""

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,400})", re.ASCII)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
"""JSON's own grammar: what else a program may take for a number, ``09`` or `` 9``, is refused as the API would."""


def text_reader(schema: Mapping[str, Any]) -> Reader:
    """Return what reads the cells of a field.

    An empty cell is null, and so is `MISSING` where the field accepts null and has no category of that name. What is
    no value of the field stays text: the check of the instance then says so, in the words that the API uses.
    """
    kind, optional = _kind(schema)
    read: Reader = {"integer": _integer, "number": _number}.get(kind, _text)
    if not optional:
        return read
    missing = MISSING - set(schema.get("enum") or schema.get("x-known") or ())
    return lambda text: None if text in missing else read(text)


def value_reader(schema: Mapping[str, Any]) -> Reader:
    """Return what reads the values of a typed column: as they are, but JSON has neither NaN nor infinities."""
    _, optional = _kind(schema)

    def read(value: Any) -> Any:
        if type(value) is not float or isfinite(value):
            return value
        # A missing number, to pandas; the others stay visible in the message that refuses them.
        return None if optional and value != value else str(value)  # noqa: PLR0124

    return read


def _kind(schema: Mapping[str, Any]) -> tuple[str, bool]:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return str(next((kind for kind in kinds if kind != "null"), "string")), "null" in kinds
    return str(kinds), False


def _text(text: str) -> str | None:
    return text or None


def _integer(text: str) -> int | str | None:
    return int(text) if INTEGER.fullmatch(text) else text or None


def _number(text: str) -> float | str | None:
    if INTEGER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text) and isfinite(number := float(text)):
        return number
    return text or None
