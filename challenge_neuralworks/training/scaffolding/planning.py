"""What a new model will be, before anything is written."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import ConfigurationError, DataError
from challenge_neuralworks.matching import folded_categories, nearest
from challenge_neuralworks.store.folder import LONGEST_NAME, is_name
from challenge_neuralworks.training.datasets.interim import MOMENT, TARGET
from challenge_neuralworks.training.datasets.sheet import read_sheet
from challenge_neuralworks.training.datasets.tabular import Table
from challenge_neuralworks.training.scaffolding.inferring import (
    MISSING,
    LeftOut,
    decimal_of,
    infer,
    missing_cells,
)
from challenge_neuralworks.training.scaffolding.targets import task_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.datasets.sheet import Sheet
    from challenge_neuralworks.training.scaffolding.targets import Wanted

MOST_CELLS = 400
"""Characters of a category: longer ones are text, and no request can be matched with them."""


class Plan(NamedTuple):
    """A model that could be made of a file.

    name : of the model, its data set and its modules.
    data : the file.
    table : how it is read, its fields and its task among it.
    left_out : columns that are no fields.
    columns : every column of the file, in its order.
    rows, unknown : rows whose target is known, and that are left out because it is not.
    examples : the rows, as the model will be trained on them.
    """

    name: str
    data: Path
    table: Table
    left_out: tuple[LeftOut, ...]
    columns: tuple[str, ...]
    rows: int
    unknown: int
    examples: Examples

    @property
    def fields(self) -> tuple[Field, ...]:
        """What the model takes."""
        return self.table.fields


def plan(name: str, data: Path, target: str, wanted: Wanted | None = None, without: Collection[str] = ()) -> Plan:
    """Return what a model of a file would be.

    Parameters
    ----------
    target : the column that states the answer.
    wanted : what kind of answer it is; None infers it.
    without : columns that are to be left out.

    Raises
    ------
    ConfigurationError : the name cannot be a model's.
    DataError : the file cannot be read, lacks a column, or nothing can be learned from it; says why.
    """
    refuse_name(name)
    sheet = read_sheet(data)
    for column in (target, *without):
        _refuse_unknown(column, sheet, data)
    known = [index for index, cell in enumerate(sheet.columns[target]) if cell not in MISSING]
    columns = {column: [cells[index] for index in known] for column, cells in sheet.columns.items()}
    decimal = decimal_of(columns.values(), sheet.delimiter)
    task = task_of(target, columns[target], wanted, decimal)
    inferred = [_column(column, cells, without, decimal) for column, cells in columns.items() if column != target]
    fields = tuple(one for one in inferred if not isinstance(one, LeftOut))
    left_out = tuple(one for one in inferred if isinstance(one, LeftOut))
    if not fields:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in left_out)
        raise DataError(f"{data}: no column is left to predict {target!r} from{f' ({reasons})' if reasons else ''}")
    missing = missing_cells([columns[field.name] for field in fields] + [sheet.columns[target]])
    table = Table(fields, target, task, missing, sheet.delimiter, decimal)
    unknown = len(sheet.lines) - len(known)
    return Plan(name, data, table, left_out, tuple(sheet.columns), len(known), unknown, table.read(data))


def refuse_name(name: str) -> None:
    """Raise `ConfigurationError` unless a model, and Python modules, may be called so."""
    if not is_name(name):
        expected = f"lower-case letters, digits and underscores, a letter first, at most {LONGEST_NAME}"
        raise ConfigurationError("NAME", name, expected)
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise ConfigurationError("NAME", name, "no word of Python's own: modules are called so")


def _column(column: str, cells: Sequence[str], without: Collection[str], decimal: str) -> Field | LeftOut:
    if column in without:
        return LeftOut(column, "as asked with --leave-out")
    if column in (TARGET, MOMENT):
        raise DataError(f"column {column!r} has a name that is kept for the stages of training; rename it")
    if any(ord(letter) < 32 for letter in column):
        raise DataError(f"column {column!r} has a line end or a control character in its name; rename it")
    found = infer(column, cells, decimal)
    if isinstance(found, LeftOut) or found.kind != "category" or max(map(len, cells)) <= MOST_CELLS:
        return found
    return LeftOut(column, f"texts of up to {max(map(len, cells)):,} characters")


def _refuse_unknown(column: str, sheet: Sheet, data: Path) -> None:
    if column not in sheet.columns:
        near = nearest(column, folded_categories(sheet.columns))
        hint = f"; did you mean {near!r}?" if near else "."
        raise DataError(f"{data}: there is no column {column!r}{hint} It has {', '.join(sheet.columns)}")
