"""Which rows share a value of a field: of a number with many values, a band of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.signature import Field, Row, Value

BANDS = 5
LISTED_NUMBERS = 12
"""A number with more distinct values than months is cut into `BANDS` bands of about equally many rows."""


class Slice(NamedTuple):
    """Rows that share a value, by their positions; value None is the missing one."""

    field: str
    value: str | None
    positions: NDArray[np.int64]


def slice_rows(rows: Sequence[Row], fields: Iterable[Field]) -> list[Slice]:
    """Return the slices of every field, field by field as declared, within a field the largest first."""
    return [piece for field in fields for piece in _slices(field, [row[field.name] for row in rows])]


def _slices(field: Field, values: list[Value]) -> list[Slice]:
    positions: dict[str | None, list[int]] = {}
    for position, value in enumerate(_named(field, values)):
        positions.setdefault(value, []).append(position)
    ordered = sorted(positions.items(), key=lambda item: (-len(item[1]), item[0] is None, str(item[0])))
    return [Slice(field.name, value, np.array(found)) for value, found in ordered]


def _named(field: Field, values: list[Value]) -> list[str | None]:
    distinct = {value for value in values if value is not None}
    if field.kind == "category" or len(distinct) <= LISTED_NUMBERS:
        return [None if value is None else str(value) for value in values]
    return _banded([None if value is None else float(value) for value in values])


def _banded(numbers: list[float | None]) -> list[str | None]:
    known = np.array([number for number in numbers if number is not None])
    # "lower" keeps to values that occur, so that the ends of a band do.
    inner = np.quantile(known, np.linspace(0, 1, BANDS + 1)[1:-1], method="lower")
    bands = np.searchsorted(np.unique(inner), known, side="left")
    names = {int(band): _span(known[bands == band]) for band in np.unique(bands)}
    named = iter(names[int(band)] for band in bands)
    return [None if number is None else next(named) for number in numbers]


def _span(numbers: NDArray[np.float64]) -> str:
    least, largest = numbers.min(), numbers.max()
    return f"{least:g}" if least == largest else f"{least:g} to {largest:g}"
