"""Trees of any size as one table of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.forest import Nodes, WalkedForest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Tree


class _Table:
    """Nodes of all trees so far, the two children of a node side by side."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.bounds: list[float] = []
        self.children: list[int] = []
        self.missing_right: list[int] = []
        self.categories: dict[int, dict[Any, bool]] = {}
        self.values: list[Sequence[float]] = []

    def add(self, tree: Tree) -> int:
        """Add a tree and return its root."""
        root = len(self.columns)
        waiting = [0]
        self._open(1)
        for place, node in enumerate(waiting, start=root):
            column, bound = tree.columns[node], tree.bounds[node]
            self.columns[place] = column
            if column < 0:
                self.children[place] = len(self.values)
                self.values.append(tree.values[node])
                continue
            self.children[place] = len(self.columns)
            self.missing_right[place] = not tree.missing_left[node]
            if isinstance(bound, dict):
                self.categories[place] = bound
            else:
                self.bounds[place] = bound
            self._open(2)
            # The list grows while it is read: breadth first, so that places follow one another.
            waiting += [tree.left[node], tree.right[node]]
        return root

    def _open(self, count: int) -> None:
        self.columns += [-1] * count
        self.bounds += [0.0] * count
        self.children += [0] * count
        self.missing_right += [0] * count


def walked_forest(ensemble: Ensemble) -> WalkedForest:
    """Return the forest, over plain columns."""
    table = _Table()
    roots = [table.add(tree) for tree in ensemble.trees]
    nodes = Nodes(
        np.asarray(table.columns, "<i4").tobytes(),
        np.asarray(table.bounds, "<f8").tobytes(),
        np.asarray(table.children, "<i4").tobytes(),
        bytes(table.missing_right),
    )
    leaves = (np.asarray(table.values, "<f8").tobytes(), len(table.values[0]))
    return WalkedForest(nodes, roots, table.categories, leaves, ensemble.bases)
