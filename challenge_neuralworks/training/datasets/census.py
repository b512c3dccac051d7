"""Census income (UCI Adult): what people stated in 1994, and whether they earned more than 50,000 dollars a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.income import Income
from challenge_neuralworks.training.datasets.examples import Examples
from challenge_neuralworks.training.datasets.table import integers, read_headless

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from challenge_neuralworks.signature import Field, Row

COLUMNS = (
    *("age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "relationship"),
    *("race", "sex", "capital_gain", "capital_loss", "hours_per_week", "native_country", "salary"),
)
"""The file has no header. fnlwgt says how many people a row stands for, so that nobody can state it of himself."""

FEATURE_COLUMNS = tuple(field.name for field in Income.fields)
"""What features are made of: all that a person can state of himself."""

MISSING = "?"
CLASSES = {"<=50K": 0, ">50K": 1}


def read_census(path: Path) -> Examples:
    """Return the people of a file with the columns of data/income.toml, each distinct line once.

    Rows that agree in every column, the sampling weight included, are one person entered twice.

    Raises
    ------
    DataError : the file cannot be read, or a line of it cannot be used; names line and value.
    """
    table = read_headless(path, COLUMNS)
    target = _target(table["salary"], path)
    features = table[[*FEATURE_COLUMNS]]
    columns = {field.name: _values(features[field.name], field, path) for field in Income.fields}
    rows: list[Row] = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    kept = table.index[~table.duplicated()]
    return Examples([rows[index] for index in kept], [target[index] for index in kept])


def _values(column: pd.Series[str], field: Field, path: Path) -> list[int] | list[str | None]:
    if field.kind == "integer":
        return integers(column, path, first_line=1)
    return [None if cell == MISSING else cell for cell in column]


def _target(column: pd.Series[str], path: Path) -> list[int]:
    wrong = column[~column.isin(list(CLASSES))]
    if len(wrong):
        expected = " or ".join(CLASSES)
        raise DataError(f"{path}: line {int(wrong.index[0]) + 1}: salary {wrong.iloc[0]!r} is not {expected}")
    return [CLASSES[cell] for cell in column]
