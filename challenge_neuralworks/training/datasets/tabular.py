"""Any CSV file as examples: one column is the target, others are the fields of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.datasets.examples import Examples
from challenge_neuralworks.training.datasets.sheet import is_number, read_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from challenge_neuralworks.signature import Field, Row, Value
    from challenge_neuralworks.training.datasets.sheet import Sheet
    from challenge_neuralworks.training.tasks import Task


class Table(NamedTuple):
    """How a file states examples.

    fields : what is read, by the names of columns.
    target : the column that states the answer; rows without one are left out.
    task : what is predicted; its classes are the cells of the target.
    missing : cells that stand for a missing value.
    delimiter : what stands between cells.
    decimal : what stands before the decimals of a number, ``.`` or ``,``.
    """

    fields: tuple[Field, ...]
    target: str
    task: Task
    missing: tuple[str, ...] = ("",)
    delimiter: str = ","
    decimal: str = "."

    def read(self, path: Path) -> Examples:
        """Return the rows of a file whose target is known.

        Raises
        ------
        DataError : the file cannot be read, lacks a column, or a line of it cannot be used; names line and value.
        """
        sheet = read_sheet(path, self.delimiter)
        absent = [name for name in (*(field.name for field in self.fields), self.target) if name not in sheet.columns]
        if absent:
            raise DataError(f"{path}: column {', '.join(absent)} is missing; it has {', '.join(sheet.columns)}")
        known = [index for index, cell in enumerate(sheet.columns[self.target]) if cell not in self.missing]
        columns = {field.name: self._values(sheet, field, known, path) for field in self.fields}
        rows: list[Row] = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        return Examples(rows, self._targets(sheet, known, path))

    def _values(self, sheet: Sheet, field: Field, known: Iterable[int], path: Path) -> list[Value]:
        cells = sheet.columns[field.name]
        return [self._value(cells[index], field, sheet.lines[index], path) for index in known]

    def _value(self, cell: str, field: Field, line: int, path: Path) -> Value:
        if cell in self.missing:
            return None
        if field.kind == "category":
            return cell
        number = self._number(cell, field.name, line, path)
        if field.kind == "number":
            return number
        if not number.is_integer():
            raise DataError(f"{path}: line {line}: {field.name} {cell!r} is no integer")
        return int(number)

    def _number(self, cell: str, name: str, line: int, path: Path) -> float:
        plain = cell if self.decimal == "." else cell.replace(self.decimal, ".")
        if not is_number(plain):
            raise DataError(f"{path}: line {line}: {name} {cell!r} is no number")
        return float(plain)

    def _targets(self, sheet: Sheet, known: Sequence[int], path: Path) -> list[float] | list[int]:
        cells = sheet.columns[self.target]
        if self.task.kind == "regression":
            return [self._number(cells[index], self.target, sheet.lines[index], path) for index in known]
        codes = {str(label): code for code, label in enumerate(self.task.classes)}
        for index in known:
            if cells[index] not in codes:
                expected = " or ".join(codes)
                raise DataError(
                    f"{path}: line {sheet.lines[index]}: {self.target} {cells[index]!r} is not {expected:.200}"
                )
        return [codes[cells[index]] for index in known]
