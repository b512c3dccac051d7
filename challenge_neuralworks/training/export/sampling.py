"""Rows within a signature's bounds, usual ones and extreme ones, and what columns are on them.

What a last digit is worth, and whether a sum overflows, depends on the numbers that meet; so both are asked of rows.
"""

from __future__ import annotations

import random
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from challenge_neuralworks.training.export.columns import Number, Plain, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.signature import Field, Value
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

    Floats = NDArray[np.float64]

USUAL = 40
"""Rows of usual values: the first is the signature's example, the others go through the categories."""

FARTHEST = 1e300
"""How far a number without bounds goes, as in `check_export`."""

LEVELS = (FARTHEST, 1e150, 1e100, 1e75)
"""Magnitudes of the extreme rows: where one has a power that overflows, its root has not."""

UNKNOWN = 1.0
"""What a number is taken for of which nothing is known."""


class Samples(NamedTuple):
    """Columns on the sampled rows, shape (n_rows, n_columns); NaN in a row on which scikit-learn raises."""

    usual: Floats
    extreme: Floats

    @property
    def example(self) -> Floats:
        """The columns of the signature's own example."""
        return self.usual[:1]


def sampled_rows(names: Sequence[str], step: Step) -> list[dict[str, Any]]:
    """Return rows of features, the usual ones first; the same for the same signature."""
    fields = {field.name: field for field in step.signature.fields}
    choices = {name: _choices(name, fields.get(name), step) for name in names}
    usual = [{name: choices[name][index] for name in names} for index in range(USUAL)]
    signs = random.Random(0)  # noqa: S311 - a choice of rows, no secret.
    extreme: list[dict[str, Any]] = []
    for level in LEVELS:
        for sign in (1, -1, 0, 0):
            row = {name: _extreme(fields.get(name), level, sign or signs.choice((1, -1))) for name in names}
            extreme.append({name: usual[0][name] if value is None else value for name, value in row.items()})
    return [*usual, *extreme]


def sampled_columns(transform: Callable[[pd.DataFrame], Any], names: Sequence[str], width: int, step: Step) -> Floats:
    """Return the columns, so many, that a transformer makes of the sampled rows; NaN in a row on which it raises."""
    return _made(transform, pd.DataFrame.from_records(sampled_rows(names, step), columns=list(names)), width)


def samples(columns: Sequence[Column], step: Step) -> Samples:
    """Return what columns are on the sampled rows."""
    rows = sampled_rows(step.names, step)
    made = np.array([_column(column, rows, step) for column in columns]).T
    return Samples(made[:USUAL], made[USUAL:])


def _column(column: Column, rows: Sequence[dict[str, Any]], step: Step) -> Sequence[float]:
    if isinstance(column, Plain):
        return column.sampled or [UNKNOWN] * len(rows)
    if column.position >= len(step.names):
        return [UNKNOWN] * len(rows)
    values = [row[step.names[column.position]] for row in rows]
    if isinstance(column, Table):
        return [column.entries.get(value, column.unknown) for value in values]
    mean, scale = (column.mean, column.scale) if isinstance(column, Number) else (0.0, 1.0)
    return [(value - mean) / scale for value in values]


def _made(transform: Callable[[pd.DataFrame], Any], rows: pd.DataFrame, width: int) -> Floats:
    try:
        return np.asarray(transform(rows), dtype=np.float64)
    except ValueError:
        if len(rows) == 1:
            return np.full((1, width), nan)
    # One row on which it raises must not take the others with it.
    half = len(rows) // 2
    return np.concatenate([_made(transform, part, width) for part in (rows.iloc[:half], rows.iloc[half:])])


def _choices(name: str, field: Field | None, step: Step) -> list[Any]:
    """Return as many usual values as there are usual rows, the example first."""
    draw = random.Random(name)  # noqa: S311 - as above.
    values = _known(name, field, step)
    if values:
        start = values.index(field.example) if field is not None and field.example in values else 0
        shift = draw.randrange(1, len(values) + 1)
        return [values[(start + index + index // len(values) * shift) % len(values)] for index in range(USUAL)]
    if field is None or isinstance(field.example, str):
        return [UNKNOWN] * USUAL
    low, high = (field.minimum, field.maximum) if field.bounded else _around(field)
    return [field.example, *(_whole(draw.uniform(low, high), field) for _ in range(USUAL - 1))]


def _known(name: str, field: Field | None, step: Step) -> list[Any]:
    if field is None or field.kind == "category":
        return list(dict.fromkeys((*(field.categories if field else ()), *step.categories.get(name, ()))))
    return []


def _around(field: Field) -> tuple[float, float]:
    far = 2.0 * abs(float(field.example)) or 1.0
    return max(float(field.minimum), -far), min(float(field.maximum), far)


def _extreme(field: Field | None, level: float, sign: int) -> Value:
    if field is None or field.kind == "category":
        return None
    bound = field.maximum if sign > 0 else field.minimum
    return _whole(sign * level, field) if abs(bound) > level else bound


def _whole(value: float, field: Field) -> int | float:
    return round(value) if field.kind == "integer" else value
