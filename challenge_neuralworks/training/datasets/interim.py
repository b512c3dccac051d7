"""Examples between the stages of training: one CSV file, the fields of a request first."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

import pandas as pd

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.datasets.examples import Examples
from challenge_neuralworks.training.datasets.table import integers, line_of, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from challenge_neuralworks.signature import Field, Row, Value

TARGET, MOMENT = "target", "moment"
"""Columns after the fields; the second only where the data say when."""


def write_examples(path: Path, examples: Examples) -> None:
    """Write examples as CSV in UTF-8, all of it or nothing; a missing value is an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*examples.rows[0], TARGET, *([] if examples.moments is None else [MOMENT])])
            writer.writerows(_lines(examples))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _lines(examples: Examples) -> list[list[object]]:
    lines: list[list[object]] = [
        [*row.values(), target] for row, target in zip(examples.rows, examples.target, strict=True)
    ]
    if examples.moments is not None:
        for line, moment in zip(lines, examples.moments, strict=True):
            line.append(moment.isoformat())
    return lines


def read_examples(path: Path, fields: Sequence[Field], *, numeric: bool = False) -> Examples:
    """Return what `write_examples` wrote, for a model of these fields.

    Parameters
    ----------
    numeric : whether the target is a number, as of a regression; else it is the position of a class.

    Raises
    ------
    DataError : the file cannot be read, lacks a field, or holds a number or moment that is none.
    """
    names = [field.name for field in fields]
    moments = _has_moments(path)
    table = read_table(path, [*names, TARGET, *([MOMENT] if moments else [])])
    columns = {field.name: _values(table[field.name], field, path) for field in fields}
    rows: list[Row] = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    target = _floats(table[TARGET], path) if numeric else integers(table[TARGET], path)
    return Examples(rows, target, _moments(table[MOMENT], path) if moments else None)


def _has_moments(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return MOMENT in file.readline().rstrip("\n").split(",")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}; `neuralworks preprocess` writes it") from error


def _values(column: pd.Series[str], field: Field, path: Path) -> list[Value]:
    if field.kind == "category":
        return [cell or None for cell in column]
    present = column[column != ""]
    numbers: list[int] | list[float]
    numbers = integers(present, path) if field.kind == "integer" else _floats(present, path)
    read = dict(zip(present.index, numbers, strict=True))
    return [read.get(index) for index in column.index]


def _floats(column: pd.Series[str], path: Path) -> list[float]:
    try:
        return [float(cell) for cell in column]
    except ValueError as error:
        raise DataError(f"{path}: {column.name} holds what is no number: {error}") from error


def _moments(column: pd.Series[str], path: Path) -> pd.Series[pd.Timestamp]:
    moments = pd.to_datetime(column, format="ISO8601", errors="coerce")
    wrong = column[moments.isna()]
    if len(wrong):
        raise DataError(f"{path}: line {line_of(wrong.index[0])}: {column.name} {wrong.iloc[0]!r} is no date")
    return moments
