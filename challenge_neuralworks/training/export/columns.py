"""What a column inside a pipeline is made of, as far as one field goes: the exporter's only intermediate form."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from challenge_neuralworks.signature import Signature

WIDEST_DOMAIN = 1_000
"""Values of a bounded integer; a wider one costs less as a number than as a table."""


class Raw(NamedTuple):
    """A feature as it stands in the row.

    domain : every value it may have, where they are few and known; None for numbers and derived features.
    category : whether it is a category of the signature, which is no number.
    """

    feature: str
    domain: tuple[int, ...] | None = None
    category: bool = False


class Table(NamedTuple):
    """``entries[value]`` of one feature, or ``unknown``; NaN where no such value can pass the signature."""

    feature: str
    entries: dict[Any, float]
    unknown: float

    def map(self, function: Callable[[float], float]) -> Table:
        """Return the table of ``function`` of every entry."""
        return Table(
            self.feature, {value: function(entry) for value, entry in self.entries.items()}, function(self.unknown)
        )


class Number(NamedTuple):
    """``(value - mean) / scale`` of one feature."""

    feature: str
    mean: float = 0.0
    scale: float = 1.0


Column = Raw | Table | Number


def raw_columns(names: Iterable[str], signature: Signature) -> list[Column]:
    """Return the columns of a frame of features; those that no field declares are derived."""
    fields = {field.name: field for field in signature.fields}
    columns: list[Column] = []
    for name in names:
        field = fields.get(name)
        domain = None
        if field is not None and field.kind == "integer" and field.maximum - field.minimum < WIDEST_DOMAIN:
            domain = tuple(range(int(field.minimum), int(field.maximum) + 1))
        columns.append(Raw(name, domain, category=field is not None and field.kind == "category"))
    return columns


def as_number(column: Raw) -> Table | Number:
    """Return a numeric feature as a table where its values are few, else as itself."""
    if column.domain is None:
        return Number(column.feature)
    return Table(column.feature, {value: float(value) for value in column.domain}, nan)
