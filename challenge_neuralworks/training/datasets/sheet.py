"""Any CSV file with a header as columns of text, read strictly: a file that is not what it seems is refused."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

DELIMITERS = (",", ";", "\t", "|")


class Sheet(NamedTuple):
    """A file's columns.

    columns : header -> cells without the spaces around them, each of shape (n_rows,).
    lines : the line of the file, counted from 1, on which each row ends.
    delimiter : what stands between cells.
    """

    columns: dict[str, list[str]]
    lines: list[int]
    delimiter: str


def read_sheet(path: Path, delimiter: str = "") -> Sheet:
    """Return the columns of a CSV file.

    Parameters
    ----------
    delimiter : "" takes the one of `DELIMITERS` that cuts the header into the most columns.

    Raises
    ------
    DataError : it cannot be read, is not in UTF-8, holds no row, names a column twice or not at all, or has a line of
        more or fewer cells than the header.
    """
    text = _text(path)
    delimiter = delimiter or _delimiter(text)
    # Line ends within quotes belong to their cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        _refuse_header(path, header)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise DataError(f"{path}: line {reader.line_num}: has {len(cells)} cells, the header {len(header)}")
            rows.append([cell.strip() for cell in cells])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num}: cannot be read as CSV: {error}") from error
    if not rows:
        raise DataError(f"{path}: has a header but no rows")
    return Sheet(dict(zip(header, map(list, zip(*rows, strict=True)), strict=True)), lines, delimiter)


def _text(path: Path) -> str:
    try:
        # A byte order mark, which spreadsheets write, is no part of the first name.
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path}: line {line}: byte {error.object[error.start]:#04x} is not UTF-8; save the file as UTF-8 (it may"
            " be Windows-1252 or Latin-1)"
        ) from error


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))


def _refuse_header(path: Path, header: list[str]) -> None:
    if not any(header):
        raise DataError(f"{path}: is empty, where a header was expected")
    if "" in header:
        raise DataError(f"{path}: column {header.index('') + 1} of the header has no name; give it one")
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(f"{path}: the header names {', '.join(map(repr, twice))} more than once; rename all but one")
    if all(is_number(name) for name in header):
        raise DataError(f"{path}: line 1 holds {', '.join(header[:3])}, ... where names were expected; add a header")


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number, with a point for its decimals."""
    try:
        float(cell)
    except ValueError:
        return False
    # float() also reads 1_000, nan and infinity.
    return not set(cell) - set("+-.0123456789eE")
