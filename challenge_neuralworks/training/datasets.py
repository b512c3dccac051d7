"""Training examples read from a data file, in the very form in which a request states them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.delay import WEEKDAYS

if TYPE_CHECKING:
    from pathlib import Path

    from challenge_neuralworks.signature import Row

LATE_AFTER_MINUTES = 15
"""A flight is late strictly after so many minutes; one public solution counts the 15th minute too."""

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"

CATEGORIES = ("OPERA", "TIPOVUELO", "SIGLADES")
MOMENTS = ("Fecha-I", "Fecha-O")


class Examples(NamedTuple):
    """Rows to learn from, each of shape (n_rows,) and in the order of the file.

    rows : what a request would state, unchecked.
    target : the class of each row, 0 or 1.
    moments : when each row was known, for splits by time.
    """

    rows: list[Row]
    target: list[int]
    moments: pd.Series[pd.Timestamp]


def read_flights(path: Path) -> Examples:
    """Return the flights of a CSV file with the columns of data/delay.toml.

    Day, month, hour and weekday come from ``Fecha-I``, the schedule. The file's own DIA, MES and DIANOM describe the
    actual departure: they are not known when a prediction is wanted, and they are not even read.

    Raises
    ------
    DataError : the file cannot be read, lacks a column, or a line of it cannot be used; names line and value.
    """
    table = _read(path, [*CATEGORIES, *MOMENTS])
    scheduled, actual = (_moments(table[name], path) for name in MOMENTS)
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


def _read(path: Path, wanted: list[str]) -> pd.DataFrame:
    try:
        # As text: a parser that guesses types reads flight 226 as 226.0 wherever one cell is missing.
        header = pd.read_csv(path, dtype=str, nrows=0, encoding="utf-8-sig")
        missing = [name for name in wanted if name not in header.columns]
        if missing:
            found = ", ".join(map(str, header.columns))
            raise DataError(f"{path}: column {', '.join(missing)} is missing; it has {found}")
        table = pd.read_csv(path, dtype=str, usecols=wanted, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: cannot be read as CSV in UTF-8: {error}") from error
    if table.empty:
        raise DataError(f"{path}: has a header but no rows")
    return table


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


def line_of(row: int) -> int:
    """Return the line of a file, counted from 1, that holds a row, counted from 0 below the header."""
    return row + 2
