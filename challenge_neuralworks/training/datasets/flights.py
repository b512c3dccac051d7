"""Flights out of Santiago de Chile: what was scheduled, and whether it left late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.delay import WEEKDAYS
from challenge_neuralworks.training.datasets.examples import Examples
from challenge_neuralworks.training.datasets.table import line_of, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from challenge_neuralworks.signature import Row

LATE_AFTER_MINUTES = 15
"""A flight is late strictly after so many minutes; one public solution counts the 15th minute too."""

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

CATEGORIES = ("OPERA", "TIPOVUELO", "SIGLADES")
SCHEDULED, ACTUAL = "Fecha-I", "Fecha-O"

FEATURE_COLUMNS = (*CATEGORIES, SCHEDULED)
"""What features are made of, all of it known before the flight leaves; ACTUAL makes the target and nothing else."""


def read_flights(path: Path) -> Examples:
    """Return the flights of a CSV file with the columns of data/delay.toml.

    Day, month, hour and weekday come from ``Fecha-I``, the schedule. The file's own DIA, MES and DIANOM describe the
    actual departure: they are not known when a prediction is wanted, and they are not even read.

    Raises
    ------
    DataError : the file cannot be read, lacks a column, or a line of it cannot be used; names line and value.
    """
    table = read_table(path, [*FEATURE_COLUMNS, ACTUAL])
    actual, table = _moments(table[ACTUAL], path), table[[*FEATURE_COLUMNS]]
    scheduled = _moments(table[SCHEDULED], path)
    for name in CATEGORIES:
        _refuse_empty(table[name], path)
    columns = {
        "OPERA": table["OPERA"].tolist(),
        "TIPOVUELO": table["TIPOVUELO"].tolist(),
        "SIGLADES": table["SIGLADES"].tolist(),
        "DIA-I": scheduled.dt.day.tolist(),
        "MES-I": scheduled.dt.month.tolist(),
        "HORA-I": scheduled.dt.hour.tolist(),
        "DIANOM": [WEEKDAYS[day] for day in scheduled.dt.day_of_week],
    }
    rows: list[Row] = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    late = (actual - scheduled).dt.total_seconds() > LATE_AFTER_MINUTES * 60
    return Examples(rows, late.astype(int).tolist(), scheduled)


def _moments(column: pd.Series[str], path: Path) -> pd.Series[pd.Timestamp]:
    moments = pd.to_datetime(column, format=TIME_FORMAT, errors="coerce")
    unreadable = column[moments.isna()]
    if len(unreadable):
        raise DataError(
            f"{path}: line {line_of(unreadable.index[0])}: {column.name} {unreadable.iloc[0]!r} is no date of the form"
            f" 2017-01-31 23:59:00 ({len(unreadable)} such lines)"
        )
    return moments


def _refuse_empty(column: pd.Series[str], path: Path) -> None:
    empty = column[column.str.strip() == ""]
    if len(empty):
        raise DataError(f"{path}: line {line_of(empty.index[0])}: {column.name} is empty ({len(empty)} such lines)")
