"""Trees whose leaves are each behind at most two features of few values: their sum is one table for each pair."""

from __future__ import annotations

import sys
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.scorers.pairs import PairHead
from challenge_neuralworks.training.export.columns import Raw, Table
from challenge_neuralworks.training.export.trees.reading import affine, keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.training.export.columns import Column
    from challenge_neuralworks.training.export.trees.ensemble import Bound, Ensemble, Tree

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

MOST_TERMS = 100_000
"""Of all tables together: they load in a millisecond. Masks are smaller where pairs are of many values."""


class Axis(NamedTuple):
    """The places of one feature, and what each column that is made of it is for them.

    stated : the axis as `PairHead` takes it.
    columns : column -> its number for each place; of the last, that of any other value.
    """

    stated: tuple[Any, ...]
    columns: dict[int, list[float]]

    @property
    def size(self) -> int:
        """Number of places."""
        return len(next(iter(self.columns.values())))


class Region(NamedTuple):
    """A leaf: its value, and for each axis asked on the way to it, which places pass all questions about it.

    shares : axis -> share of training rows, at the nodes that ask about it, that pass; 1 where no covers are known.
    """

    value: float
    reached: dict[int, Bools]
    shares: dict[int, float]


def pair_head(ensemble: Ensemble, columns: Sequence[Column]) -> PairHead | None:
    """Return a sum of one table a pair of features; None where a leaf is behind three.

    A tree adds the value of the one leaf that a row reaches, so it is a sum over its leaves; each is a function of the
    features asked on the way to it, which may be two where the whole tree asks more.
    """
    axes = axes_of(ensemble, columns)
    if len(ensemble.bases) != 1 or axes is None:
        return None
    places = {place for tree in ensemble.trees for place in _places(tree, columns)}
    if max(map(len, places), default=0) != 2:
        return None
    sums = {place: np.zeros([axes[position].size for position in place]) for place in sorted(places)}
    if sum(table.size for table in sums.values()) > MOST_TERMS:
        return None
    for tree in ensemble.trees:
        for leaf in regions(tree, axes):
            place = tuple(sorted(leaf.reached))
            sums[place][np.ix_(*(leaf.reached[position] for position in place))] += leaf.value
    return _head(ensemble, axes, sums)


def axes_of(ensemble: Ensemble, columns: Sequence[Column]) -> dict[int, Axis] | None:
    """Return the axis of each feature that any tree asks, by position; those of few values come first.

    None where a feature comes as a number and in other ways too, or as a category that no table holds.
    """
    bounds: dict[int, set[Any]] = {}
    for tree in ensemble.trees:
        for index, bound in zip(tree.columns, tree.bounds, strict=True):
            if index >= 0:
                bounds.setdefault(index, set()).add(None if isinstance(bound, dict) else bound)
    tables: dict[int, dict[int, Table]] = {}
    ranges: dict[int, Axis] = {}
    for index, thresholds in sorted(bounds.items()):
        column = columns[index]
        if isinstance(column, Table):
            tables.setdefault(column.position, {})[index] = column
        elif None in thresholds or column.position in ranges or isinstance(column, Raw):
            return None
        else:
            stated = (column.position, *affine(column), tuple(sorted(thresholds)))
            ranges[column.position] = range_axis(index, stated)
    if tables.keys() & ranges.keys():
        return None
    return {**{position: _table_axis(position, tables[position], bounds) for position in sorted(tables)}, **ranges}


def range_axis(column: int, stated: tuple[Any, ...]) -> Axis:
    """Return the axis of a number between thresholds; the largest value of each interval stands for all of it."""
    return Axis(stated, {column: [*stated[3], inf, nan]})


def _table_axis(position: int, tables: dict[int, Table], bounds: dict[int, set[Any]]) -> Axis:
    """Return the axis of a feature of few values; those that no node tells apart share a place."""
    values = tuple(keys(list(tables.values())))
    made = {i: [*(table.entries[value] for value in values), table.unknown] for i, table in tables.items()}
    told = [_told([made[i][row] for i in tables], [bounds[i] for i in tables]) for row in range(len(values) + 1)]
    first = {key: row for row, key in reversed(list(enumerate(told[:-1]))) if key != told[-1]}
    order = {key: place for place, key in enumerate(sorted(first, key=first.__getitem__))}
    places = {value: order[key] for value, key in zip(values, told, strict=False) if key in order}
    rows = [*sorted(first.values()), len(values)]
    columns = {i: [numbers[row] for row in rows] for i, numbers in made.items()}
    return Axis((position, _interned(places), len(order)), columns)


def _told(numbers: Sequence[float], bounds: Sequence[set[Any]]) -> tuple[Any, ...]:
    """Return what nodes can tell of a value, by what its columns are for it."""
    return tuple(
        # A node may send a missing value either way, and a category anywhere.
        None if isnan(number) else number if None in known else sum(number > bound for bound in known)
        for number, known in zip(numbers, bounds, strict=True)
    )


def regions(tree: Tree, axes: dict[int, Axis], covers: Sequence[float] = ()) -> Iterator[Region]:
    """Yield each leaf of a tree with the places that reach it: the rows that do are their product.

    Parameters
    ----------
    covers : training rows, by weight, that reached each node.
    """
    of_column = {column: position for position, axis in axes.items() for column in axis.columns}
    waiting: list[tuple[int, dict[int, Bools], dict[int, float]]] = [(0, {}, {})]
    while waiting:
        node, reached, shares = waiting.pop()
        column = tree.columns[node]
        if column < 0:
            yield Region(tree.values[node][0], reached, shares)
            continue
        position = of_column[column]
        so_far = reached.get(position, np.ones(axes[position].size, dtype=bool))
        left = lefts(axes[position].columns[column], tree.bounds[node], missing_left=tree.missing_left[node])
        for child, passing in ((tree.right[node], so_far & ~left), (tree.left[node], so_far & left)):
            share = shares.get(position, 1.0) * (covers[child] / covers[node] if covers else 1.0)
            waiting.append((child, {**reached, position: passing}, {**shares, position: share}))


def lefts(values: Sequence[float], bound: Bound, *, missing_left: bool) -> Bools:
    """Return whether each value goes left at a node."""
    if isinstance(bound, dict):
        return np.asarray([bound.get(value, missing_left) for value in values])
    numbers = np.asarray(values)
    return np.where(np.isnan(numbers), missing_left, numbers <= bound)


def _places(tree: Tree, columns: Sequence[Column]) -> Iterator[tuple[int, ...]]:
    """Yield the positions of the features asked on the way to each leaf, sorted; those of three end it."""
    waiting: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    while waiting:
        node, positions = waiting.pop()
        if len(positions) > 2 or tree.columns[node] < 0:
            yield positions
            if len(positions) > 2:
                return
            continue
        asked = tuple(sorted({*positions, columns[tree.columns[node]].position}))
        waiting += [(tree.left[node], asked), (tree.right[node], asked)]


def _head(ensemble: Ensemble, axes: dict[int, Axis], sums: dict[tuple[int, ...], Floats]) -> PairHead:
    places = {position: index for index, position in enumerate(axes)}
    base = float(sums.pop((), np.zeros(())))
    for position in [where[0] for where in sums if len(where) == 1]:
        together = host(position, sums)
        if together is not None:
            terms = sums.pop((position,))
            sums[together] += terms[:, None] if together[0] == position else terms[None, :]
    terms_of = [(*(places[position] for position in where), _bytes(terms, ensemble)) for where, terms in sums.items()]
    return PairHead(
        (ensemble.bases[0] + base) / ensemble.scale,
        [axis.stated for axis in axes.values()],
        [single for single in terms_of if len(single) == 2],
        [pair for pair in terms_of if len(pair) == 3],
        ensemble.link,
    )


def host(position: int, pairs: Collection[tuple[int, ...]]) -> tuple[int, ...] | None:
    """Return the pair whose table takes in the terms of one feature alone, which saves a look-up; None without one."""
    return min((pair for pair in pairs if len(pair) == 2 and position in pair), default=None)


def _interned(places: dict[Any, int]) -> dict[Any, int]:
    return {sys.intern(value) if type(value) is str else value: place for value, place in places.items()}


def _bytes(terms: Floats, ensemble: Ensemble) -> bytes:
    return (terms / ensemble.scale).astype("<f8").tobytes()
