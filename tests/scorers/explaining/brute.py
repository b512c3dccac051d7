"""Shapley values by their definition: a sum over all sets of columns."""

from __future__ import annotations

import random
from itertools import combinations
from math import factorial, isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.covers import Covered, Grove
from challenge_neuralworks.training.export.trees.ensemble import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def shapley(value: Callable[[frozenset[int]], float], n_players: int) -> list[float]:
    """Return each player's Shapley value of a game."""
    shares = []
    for player in range(n_players):
        others = [other for other in range(n_players) if other != player]
        share = 0.0
        for size in range(n_players):
            weight = factorial(size) * factorial(n_players - size - 1) / factorial(n_players)
            for chosen in combinations(others, size):
                share += weight * (value(frozenset((*chosen, player))) - value(frozenset(chosen)))
        shares.append(share)
    return shares


def score(grove: Grove, columns: Sequence[Any], known: frozenset[int]) -> float:
    """Return the score of a row of which some columns are known, the others averaged over as the trees were grown."""
    return grove.bias + sum(_value(covered, columns, known, 0) for covered in grove.trees)


def _value(covered: Covered, columns: Sequence[Any], known: frozenset[int], node: int) -> float:
    tree, covers = covered
    column = tree.columns[node]
    if column < 0:
        return tree.values[node][0]
    sides = (tree.left[node], tree.right[node])
    if column in known:
        return _value(covered, columns, known, sides[not goes_left(tree, node, columns[column])])
    return sum(covers[side] * _value(covered, columns, known, side) for side in sides) / covers[node]


def goes_left(tree: Tree, node: int, value: Any) -> bool:
    """Return whether a node sends a value left."""
    bound = tree.bounds[node]
    if isinstance(bound, dict):
        return bool(bound.get(value, tree.missing_left[node]))
    return bool(tree.missing_left[node] if isnan(value) else value <= bound)


def grove(draw: random.Random, n_trees: int, n_columns: int, n_leaves: int) -> Grove:
    """Return random trees; the last column is a category."""
    trees = [_grown(draw, n_columns, draw.randrange(1, n_leaves + 1)) for _ in range(n_trees)]
    return Grove(trees, draw.uniform(-1, 1))


def _grown(draw: random.Random, n_columns: int, n_leaves: int) -> Covered:
    tables: tuple[list[Any], ...] = ([-1], [0.0], [0], [0], [False], [()])
    columns, bounds, left, right, missing_left, _ = tables
    covers = [draw.uniform(50, 100)]
    for _ in range(n_leaves - 1):
        node = draw.choice([node for node, column in enumerate(columns) if column < 0])
        columns[node] = draw.randrange(n_columns)
        category = {name: draw.random() < 0.5 for name in ("a", "b")}
        bounds[node] = category if columns[node] == n_columns - 1 else draw.uniform(-1, 1)
        missing_left[node] = draw.random() < 0.5
        left[node], right[node] = len(columns), len(columns) + 1
        share = draw.uniform(0.05, 0.95)
        covers += [covers[node] * share, covers[node] * (1.0 - share)]
        for table, empty in zip(tables, (-1, 0.0, 0, 0, False, ()), strict=True):
            table.extend([empty, empty])
    values = [(draw.uniform(-1, 1),) if column < 0 else () for column in columns]
    return Covered(Tree(columns, bounds, left, right, missing_left, values), covers)


class Game:
    """Scores of scikit-learn's own ``tree_`` objects, read here and nowhere else.

    trees : with the weight of each; of two classes, the second is explained.
    """

    def __init__(self, trees: list[tuple[Any, float]], bias: float) -> None:
        self.trees = trees
        self.bias = float(bias)

    def score(self, columns: Any, known: frozenset[int]) -> float:
        """Return the score of a row of which some columns are known."""
        return self.bias + sum(weight * self._value(tree, columns, known, 0) for tree, weight in self.trees)

    def _value(self, tree: Any, columns: Any, known: frozenset[int], node: int) -> float:
        sides = (tree.children_left[node], tree.children_right[node])
        if sides[0] < 0:
            return float(tree.value[node, 0, -1])
        column = tree.feature[node]
        if column in known:
            side = sides[int(np.float32(columns[column]) > tree.threshold[node])]
            return self._value(tree, columns, known, side)
        covers = tree.weighted_n_node_samples
        both = [covers[side] * self._value(tree, columns, known, side) for side in sides]
        return float(sum(both) / covers[node])
