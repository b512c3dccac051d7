"""What every data set of a model must hold, as a pandera schema made from the model's own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa

from challenge_neuralworks.signature import Field
from challenge_neuralworks.training.checks.profile import TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from challenge_neuralworks.signature import Kind
    from challenge_neuralworks.training.checks.declared import Declared
    from challenge_neuralworks.training.datasets import Examples

MOMENT = "moment"
TYPES: Mapping[Kind, tuple[tuple[type, ...], str]] = {
    "integer": ((int,), "an integer"),
    "number": ((int, float), "a number"),
    "category": ((str,), "a string"),
}
"""Kind of field -> what its values are, and how a person says so."""

MISSING = "missing"
"""Name of pandera's own check that a column without missing values has none."""

WHOLE = frozenset({"levels", "missing share", "rows", "identical rows", "positive share", "class shares"})
"""Checks of a column or the whole set, which no single row is to blame for."""


def data_schema(
    fields: Sequence[Field], declared: Declared, accepted: Mapping[str, Sequence[str]]
) -> pa.DataFrameSchema:
    """Return the schema of a frame as `data_frame` makes it.

    Bounds, categories and what may be missing are the fields'; what these cannot say is declared.

    Parameters
    ----------
    accepted : field -> known categories, of fields that learn theirs from the data.
    """
    columns = {field.name: _column(field, declared, accepted.get(field.name, ())) for field in fields}
    columns[TARGET] = pa.Column(None, _target(declared))
    if declared.moments:
        columns[MOMENT] = pa.Column(None)
    rows = pa.Check(
        lambda frame: len(frame) >= declared.least_rows, name="rows", error=f"at least {declared.least_rows:,} rows"
    )
    identical = pa.Check(
        lambda frame: frame.duplicated().mean() <= declared.identical_share,
        name="identical rows",
        error=f"at most {declared.identical_share:.2%} of the rows repeat another one",
    )
    return pa.DataFrameSchema(columns, checks=[rows, identical], strict=True)


def data_frame(examples: Examples) -> pd.DataFrame:
    """Return examples as a frame that keeps every value as it is: pandas would turn 1 beside None into 1.0."""
    names = dict.fromkeys(name for row in examples.rows for name in row)
    columns = {name: _objects([row.get(name) for row in examples.rows]) for name in names}
    columns[TARGET] = _objects(examples.target)
    if examples.moments is not None:
        columns[MOMENT] = examples.moments.reset_index(drop=True)
    return pd.DataFrame(columns)


def _objects(values: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series(values, dtype=object)


def _column(field: Field, declared: Declared, accepted: Sequence[str]) -> pa.Column:
    checks = [_type(field)]
    if field.kind != "category":
        checks.append(_range(field))
    elif field.unknown == "refuse":
        checks.append(_categories(field, accepted))
    if field.name in declared.levels:
        checks.append(_levels(*declared.levels[field.name]))
    if field.missing == "accept":
        checks.append(_missing_share(declared.missing_share.get(field.name, 0.0)))
    return pa.Column(None, checks, nullable=field.missing == "accept")


def _type(field: Field) -> pa.Check:
    types, expected = TYPES[field.kind]
    return pa.Check(
        lambda value: isinstance(value, types) and not isinstance(value, bool),
        element_wise=True,
        name="type",
        error=f"every value is {expected}",
    )


def _range(field: Field) -> pa.Check:
    # A value of another type is the type check's.
    return pa.Check(
        lambda value: not isinstance(value, int | float) or field.minimum <= value <= field.maximum,
        element_wise=True,
        name="range",
        error=f"every value is in {field.minimum:g}..{field.maximum:g}",
    )


def _categories(field: Field, accepted: Sequence[str]) -> pa.Check:
    known = frozenset(field.categories or accepted)
    listed = f"one of {', '.join(field.categories)}" if field.categories else f"one of the {len(known)} accepted ones"
    return pa.Check(
        # A value of another type is the type check's.
        lambda value: not isinstance(value, str) or value in known,
        element_wise=True,
        name="category" if field.categories else "new category",
        error=f"every value is {listed}",
    )


def _levels(least: int, most: int) -> pa.Check:
    return pa.Check(
        lambda column: least <= column.nunique() <= most,
        name="levels",
        error=f"{least if least == most else f'{least} to {most}'} categories occur",
    )


def _missing_share(most: float) -> pa.Check:
    return pa.Check(
        lambda column: column.isna().mean() <= most,
        ignore_na=False,
        name="missing share",
        error=f"at most {most:.1%} of the values are missing",
    )


def _target(declared: Declared) -> list[pa.Check]:
    if declared.target_range is not None:
        least, most = declared.target_range
        field = Field(TARGET, "number", "", least, minimum=least, maximum=most)
        return [_type(field), _range(field)]
    if declared.positive_share is not None:
        return [_classes(2), _positive(*declared.positive_share)]
    return [_classes(len(declared.class_shares)), _shares(declared.class_shares)]


def _classes(count: int) -> pa.Check:
    expected = "0 or 1" if count == 2 else f"one of 0 to {count - 1}"
    return pa.Check(
        lambda value: value in range(count) and not isinstance(value, bool),
        element_wise=True,
        name="class",
        error=f"every class is {expected}",
    )


def _shares(bounds: Sequence[tuple[float, float]]) -> pa.Check:
    listed = ", ".join(f"{code}: {least:.1%}..{most:.1%}" for code, (least, most) in enumerate(bounds))
    return pa.Check(
        lambda column: all(least <= (column == code).mean() <= most for code, (least, most) in enumerate(bounds)),
        name="class shares",
        error=f"the share of each class is in its bounds, {listed}",
    )


def _positive(least: float, most: float) -> pa.Check:
    return pa.Check(
        lambda column: least <= (column == 1).mean() <= most,
        name="positive share",
        error=f"the share of class 1 is in {least:.0%}..{most:.0%}",
    )
