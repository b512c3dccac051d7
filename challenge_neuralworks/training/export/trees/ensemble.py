"""Trees as neutral tables, whatever library grew them."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Bound = float | dict[Any, bool]


class Tree(NamedTuple):
    """One tree, a row a node; node 0 is the root.

    columns : column asked at each node; -1 at a leaf.
    bounds : greatest value that goes left; or {category: whether it goes left}, where any other value is taken
        for a missing one.
    left, right : next node.
    missing_left : whether NaN goes left.
    values : of each leaf, one for each output that the tree adds to; () elsewhere.
    """

    columns: Sequence[int]
    bounds: Sequence[Bound]
    left: Sequence[int]
    right: Sequence[int]
    missing_left: Sequence[bool]
    values: Sequence[tuple[float, ...]]

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return sum(column < 0 for column in self.columns)

    @property
    def asked(self) -> set[int]:
        """The columns that the tree asks."""
        return {column for column in self.columns if column >= 0}


class Inputs(NamedTuple):
    """What an estimator takes; it raises on anything else.

    largest : magnitude of a number, where it turns all into float32.
    missing : whether NaN.
    """

    largest: float = inf
    missing: bool = True


class Ensemble(NamedTuple):
    """A fitted ensemble: ``link((bases + sum of leaves) / scale)``.

    trees : where each leaf has one value, those of output 0 first, then as many of output 1, and so on;
        where it has more, each tree adds to every output.
    bases : of each output.
    link : name of one of `scorers.links.LINKS`.
    scale : 1 for boosting, the number of trees for an average.
    categorical : columns that are read as categories, whether or not any tree asks them.
    float32 : whether leaves are summed in float32, of which bases and leaves then are.
    """

    trees: Sequence[Tree]
    bases: Sequence[float]
    link: str
    scale: float = 1.0
    inputs: Inputs = Inputs()
    categorical: frozenset[int] = frozenset()
    float32: bool = False

    def blocks(self) -> Iterator[tuple[int, Sequence[Tree], int]]:
        """Yield, for each output, its first tree, its trees, and which value of their leaves is its own."""
        if len(self.bases) > 1 and self.trees and _width(self.trees[0]) > 1:
            yield from ((0, self.trees, output) for output in range(len(self.bases)))
            return
        size = len(self.trees) // len(self.bases)
        for output in range(len(self.bases)):
            first = output * size
            yield first, self.trees[first : first + size], 0


def _width(tree: Tree) -> int:
    return max(map(len, tree.values))
