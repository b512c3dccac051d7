"""Encoders of categories."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class CategoryTables(Stage):
    """Each column replaced by the numbers that its value stands for.

    Parameters
    ----------
    tables : for each column, ({value: numbers}, numbers of any other value).

    NaN is looked up as None: it equals nothing, itself included.
    """

    __slots__ = ("tables",)
    takes: ClassVar = ("tables",)

    def __init__(self, tables: Iterable[Any]) -> None:
        self.tables = tuple((dict(table), tuple(unknown)) for table, unknown in tables)

    def apply(self, columns: Columns) -> Columns:
        """Return the numbers of all columns, one after the other."""
        made: Columns = []
        for value, (table, unknown) in zip(columns, self.tables, strict=True):
            key: Any = None if value != value else value  # noqa: PLR0124 - NaN
            made += table.get(key, unknown)
        return made
