"""Trees that each ask one feature of few values: their sum is one table a feature."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.linear import AdditiveHead
from challenge_neuralworks.training.export.columns import Table
from challenge_neuralworks.training.export.trees.reading import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.training.export.columns import Column
    from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Tree

    Terms = tuple[float, ...]

MOST_WALKS = 1_000_000
"""Trees times values that are walked to fill tables; a fit that needs more is exported by masks."""


def additive_head(ensemble: Ensemble, columns: Sequence[Column]) -> AdditiveHead | None:
    """Return a sum of one table a feature, or None where some tree asks two features, or one of many values."""
    positions = [_position(tree, columns) for tree in ensemble.trees]
    if None in positions or not any(position >= 0 for position in positions if position is not None):
        return None
    tables = {position: _tables(columns, position) for position in positions if position is not None and position >= 0}
    if len(ensemble.trees) * max(len(keys(list(group.values()))) for group in tables.values()) > MOST_WALKS:
        return None

    def terms(position: int, value_of: Callable[[int], float]) -> Terms:
        asking = {id(tree) for tree, where in zip(ensemble.trees, positions, strict=True) if where == position}
        return tuple(
            sum((_leaf(tree, value_of)[k] for tree in trees if id(tree) in asking), 0.0) / ensemble.scale
            for _, trees, k in ensemble.blocks()
        )

    lookups = [_lookup(position, group, terms) for position, group in tables.items()]
    constants = terms(-1, lambda _: 0.0)
    bases = [base / ensemble.scale + constant for base, constant in zip(ensemble.bases, constants, strict=True)]
    return AdditiveHead(bases, lookups, (), ensemble.link)


def _lookup(
    position: int, tables: dict[int, Table], terms: Callable[[int, Callable[[int], float]], Terms]
) -> tuple[int, dict[Any, Terms], Terms]:
    unknown = terms(position, lambda column: tables[column].unknown)
    entries: dict[Any, Terms] = {}
    for value in keys(list(tables.values())):
        entry = terms(position, lambda column, value=value: tables[column].entries[value])  # type: ignore[misc]
        if entry != unknown:
            entries[sys.intern(value) if type(value) is str else value] = entry
    return position, entries, unknown


def _position(tree: Tree, columns: Sequence[Column]) -> int | None:
    """Return the position of the one feature that a tree asks; -1 where it asks none, None where more."""
    asked = [columns[column] for column in tree.asked]
    positions = {column.position for column in asked}
    if len(positions) > 1 or not all(isinstance(column, Table) for column in asked):
        return None
    return next(iter(positions), -1)


def _tables(columns: Sequence[Column], position: int) -> dict[int, Table]:
    return {i: column for i, column in enumerate(columns) if isinstance(column, Table) and column.position == position}


def _leaf(tree: Tree, value_of: Callable[[int], float]) -> Sequence[float]:
    node = 0
    while (column := tree.columns[node]) >= 0:
        value, bound = value_of(column), tree.bounds[node]
        if isinstance(bound, dict):
            goes_left = bound.get(value, tree.missing_left[node])
        elif value != value:  # noqa: PLR0124 - NaN
            goes_left = tree.missing_left[node]
        else:
            goes_left = value <= bound
        node = tree.left[node] if goes_left else tree.right[node]
    return tree.values[node]
