"""Trees as the tables of a `TreeExplainer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.scorers.explaining.trees import Nodes, TreeExplainer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.explaining.columns import Encoding
    from challenge_neuralworks.training.export.covers import Covered, Grove


class _Place(NamedTuple):
    """A node yet to be laid: of which tree, where it hangs, and the last answer about each column on the way."""

    node: int
    parent: int
    left: bool
    of_parent: float
    answers: dict[int, int]


class _Table:
    """Nodes of all trees so far, each after its parent."""

    def __init__(self) -> None:
        self.columns = [-1]
        self.numbers = [0.0]
        self.parents = [0]
        self.previous = [0]
        self.shares = [1.0]
        self.lefts = [0]
        self.missing_lefts = [0]
        self.categories: dict[int, dict[Any, bool]] = {}
        self.most = 0

    def add(self, covered: Covered) -> None:
        """Add a tree."""
        waiting = [_Place(0, 0, left=False, of_parent=1.0, answers={})]
        while waiting:
            place = waiting.pop()
            here = len(self.columns)
            answers = self._hang(place, here)
            self._describe(covered, place.node, here)
            tree, node = covered.tree, place.node
            if tree.columns[node] >= 0:
                waiting += [
                    _Place(child, here, left, covered.covers[child] / covered.covers[node], answers)
                    for child, left in ((tree.right[node], False), (tree.left[node], True))
                ]

    def _hang(self, place: _Place, here: int) -> dict[int, int]:
        """Add what a node is to those above it, and return the last answer about each column."""
        asked = self.columns[place.parent]
        previous = place.answers.get(asked, 0)
        self.parents.append(place.parent)
        self.lefts.append(place.left)
        self.previous.append(previous)
        self.shares.append(place.of_parent * self.shares[previous])
        answers = {**place.answers, asked: here} if place.parent else {}
        self.most = max(self.most, len(answers))
        return answers

    def _describe(self, covered: Covered, node: int, here: int) -> None:
        """Add what a node asks, or is worth."""
        column, bound = covered.tree.columns[node], covered.tree.bounds[node]
        self.columns.append(column)
        self.missing_lefts.append(covered.tree.missing_left[node])
        if column < 0:
            self.numbers.append(covered.tree.values[node][0])
        elif isinstance(bound, dict):
            self.categories[here] = bound
            self.numbers.append(0.0)
        else:
            self.numbers.append(bound)


def tree_explainer(grove: Grove, encoding: Encoding) -> TreeExplainer:
    """Return what explains trees over the columns of an encoding."""
    table = _Table()
    for covered in grove.trees:
        table.add(covered)
    nodes = Nodes(
        np.asarray(table.columns, "<i4").tobytes(),
        np.asarray(table.numbers, "<f8").tobytes(),
        np.asarray(table.parents, "<i4").tobytes(),
        np.asarray(table.previous, "<i4").tobytes(),
        np.asarray(table.shares, "<f8").tobytes(),
        bytes(table.lefts),
        bytes(table.missing_lefts),
    )
    base = grove.expected()
    return TreeExplainer(encoding, nodes, table.categories, _quadrature(table.most), base, grove.bias)


def _quadrature(most: int) -> Sequence[tuple[float, float]]:
    """Return points and weights over 0..1 that integrate polynomials of a degree below ``most`` exactly."""
    points, weights = np.polynomial.legendre.leggauss(max(1, (most + 1) // 2))
    return list(zip(((points + 1.0) / 2.0).tolist(), (weights / 2.0).tolist(), strict=True))
