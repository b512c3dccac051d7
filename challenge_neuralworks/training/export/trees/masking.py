"""Trees of few leaves as masks: of every value of a feature of few values, of every interval of a number."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.forest import Group, Lookup, MaskForest, Ranges
from challenge_neuralworks.training.export.columns import UNCHANGED, Table
from challenge_neuralworks.training.export.trees.reaching import leaves, reaches, word_bits
from challenge_neuralworks.training.export.trees.reading import affine, keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.columns import Column
    from challenge_neuralworks.training.export.trees.ensemble import Bound, Ensemble
    from challenge_neuralworks.training.export.trees.reaching import Reach

MOST_BYTES = 6_000_000
"""Of all masks together: they load in 6 ms and answer in a third of the time that walking takes. More would be too
dear a cold start."""


def mask_forest(ensemble: Ensemble, columns: Sequence[Column]) -> MaskForest | None:
    """Return the forest, or None where a tree has too many leaves, or all have too many thresholds."""
    bits = word_bits(ensemble.trees)
    if bits is None or not any(tree.asked for tree in ensemble.trees):
        return None
    if _n_masks(ensemble, columns) * len(ensemble.trees) * bits // 8 > MOST_BYTES:
        return None
    reach = reaches(ensemble.trees, bits)
    if any(_is_computed_category(columns[index], of) for index, of in reach.items()):
        return None
    tables: dict[int, list[tuple[Table, Reach]]] = {}
    lookups: list[Lookup] = []
    ranges: list[Ranges] = []
    for index, of in reach.items():
        column = columns[index]
        if isinstance(column, Table):
            tables.setdefault(column.position, []).append((column, of))
        elif of.categories:
            lookups.append(_lookup(column.position, of.categories, of.missing))
        else:
            ranges.append(Ranges(column.position, *affine(column), of.thresholds, of.masks, of.missing))
    lookups += [_folded(position, group) for position, group in tables.items()]
    groups = [
        Group(first, tuple(tuple(tree.values[leaf][k] for leaf in leaves(tree)) for tree in trees), base)
        for (first, trees, k), base in zip(ensemble.blocks(), ensemble.bases, strict=True)
    ]
    return MaskForest(lookups, ranges, groups, bits, len(ensemble.trees))


def _is_computed_category(column: Column, reach: Reach) -> bool:
    return bool(reach.categories) and not isinstance(column, Table) and affine(column) != UNCHANGED


def _folded(position: int, group: Sequence[tuple[Table, Reach]]) -> Lookup:
    def mask(values: Sequence[float]) -> int:
        both = -1
        for value, (_, reach) in zip(values, group, strict=True):
            both &= reach.of(value)
        return both

    masks = {value: mask([table.entries[value] for table, _ in group]) for value in keys([table for table, _ in group])}
    return _lookup(position, masks, mask([table.unknown for table, _ in group]))


def _lookup(position: int, masks: dict[Any, int], unknown: int) -> Lookup:
    # Equal masks are written once to a pickle if they are one object, and what is as unknown need not be listed.
    shared: dict[int, int] = {}
    kept = {
        sys.intern(value) if type(value) is str else value: shared.setdefault(mask, mask)
        for value, mask in masks.items()
        if mask != unknown
    }
    return Lookup(position, kept, unknown)


def _n_masks(ensemble: Ensemble, columns: Sequence[Column]) -> int:
    values = {column.position: len(column.entries) for column in columns if isinstance(column, Table)}
    bounds: set[tuple[int, Bound | int]] = set()
    for tree in ensemble.trees:
        for column, bound in zip(tree.columns, tree.bounds, strict=True):
            if column >= 0 and not isinstance(columns[column], Table):
                bounds.update((column, key) for key in (bound if isinstance(bound, dict) else (bound,)))
    return sum(values.values()) + len(bounds)
