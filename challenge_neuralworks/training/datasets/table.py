"""A CSV file as columns of text; whoever reads it says what the text means."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pandas as pd

from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_table(path: Path, wanted: Sequence[str]) -> pd.DataFrame:
    """Return columns of a CSV file with a header, each cell as the text it is.

    Raises
    ------
    DataError : the file cannot be read as CSV in UTF-8, lacks a column, or holds no row.
    """
    try:
        # As text: a parser that guesses types reads flight 226 as 226.0 wherever one cell is missing.
        header = pd.read_csv(path, dtype=str, nrows=0, encoding="utf-8-sig")
        missing = [name for name in wanted if name not in header.columns]
        if missing:
            found = ", ".join(map(str, header.columns))
            raise DataError(f"{path}: column {', '.join(missing)} is missing; it has {found}")
        table = pd.read_csv(path, dtype=str, usecols=list(wanted), keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: cannot be read as CSV in UTF-8: {error}") from error
    if table.empty:
        raise DataError(f"{path}: has a header but no rows")
    return table


def read_headless(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """Return a CSV file without a header, each cell as text without the spaces around it.

    Raises
    ------
    DataError : the file cannot be read, holds no row, or a line has more or fewer cells than there are names.
    """
    try:
        _refuse_uneven(path, names)
        table = pd.read_csv(path, dtype=str, header=None, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: cannot be read as CSV in UTF-8: {error}") from error
    table.columns = pd.Index(names)
    return pd.DataFrame({name: table[name].str.strip() for name in names})


def _refuse_uneven(path: Path, names: Sequence[str]) -> None:
    # pandas fills a line that is too short with empty cells.
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        for cells in lines:
            if cells and len(cells) != len(names):
                expected = f"expected {len(names)}: {', '.join(names)}"
                raise DataError(f"{path}: line {lines.line_num}: has {len(cells)} columns; {expected}")


def integers(column: pd.Series[str], path: Path, first_line: int = 2) -> list[int]:
    """Return a column's integers.

    Raises
    ------
    DataError : a cell is none; names its line and value.
    """
    wrong = column[~column.str.fullmatch(r"-?\d{1,18}")]
    if len(wrong):
        line = int(wrong.index[0]) + first_line
        raise DataError(f"{path}: line {line}: {column.name} {wrong.iloc[0]!r} is no integer ({len(wrong)} such lines)")
    return [int(cell) for cell in column]


def line_of(row: int) -> int:
    """Return the line of a file, counted from 1, that holds a row, counted from 0 below the header."""
    return row + 2
