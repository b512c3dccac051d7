"""Folded columns as a stage, for heads that read plain numbers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.columns import Encode, PipelineHead
from challenge_neuralworks.training.export.columns import Number, Plain, Raw, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.columns import Column


def over_plain(head: Head, columns: Sequence[Column]) -> Head:
    """Return a head that reads numbers by their place, over columns of any kind."""
    if all(isinstance(column, Plain | Raw) and column.position == i for i, column in enumerate(columns)):
        return head
    return PipelineHead(encode(columns), head)


def encode(columns: Sequence[Column]) -> Encode:
    """Return the stage that makes plain columns of folded ones."""
    tables: dict[int, list[tuple[int, Table]]] = {}
    numbers: list[tuple[int, tuple[int, float, float]]] = []
    for place, column in enumerate(columns):
        if isinstance(column, Table):
            tables.setdefault(column.position, []).append((place, column))
        elif isinstance(column, Number):
            numbers.append((place, (column.position, column.mean, column.scale)))
        else:
            numbers.append((place, (column.position, 0.0, 1.0)))
    lookups = [(position, *_merged([table for _, table in group])) for position, group in tables.items()]
    places = [place for group in tables.values() for place, _ in group] + [place for place, _ in numbers]
    order = [places.index(place) for place in range(len(columns))]
    return Encode(lookups, [number for _, number in numbers], order)


def _merged(tables: Sequence[Table]) -> tuple[dict[Any, tuple[float, ...]], tuple[float, ...]]:
    entries = {value: tuple(table.entries[value] for table in tables) for value in tables[0].entries}
    return entries, tuple(table.unknown for table in tables)
