"""Sums over decision trees: by masks of reachable leaves where trees are small, by walking where they are not.

Source of the masks: Lucchese et al. (2015), QuickScorer, SIGIR; here with one Python integer for all trees at
once, and one mask for each interval (or category) of a column instead of one for each node.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import getitem
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from challenge_neuralworks.scorers.links import LINKS
from challenge_neuralworks.scorers.parts import Head, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from challenge_neuralworks.scorers.parts import Columns

WORDS: dict[int, Literal["I", "Q"]] = {32: "I", 64: "Q"}
"""Leaves a tree may have -> the type of the word, of as many bits, that holds them."""


class Lookup(NamedTuple):
    """The leaves that each value of a column leaves reachable."""

    column: int
    masks: dict[Any, int]
    unknown: int


class Ranges(NamedTuple):
    """The leaves that a number leaves reachable: ``masks[i]`` up to and with ``thresholds[i]``."""

    column: int
    thresholds: Sequence[float]
    masks: Sequence[int]
    missing: int


class Group(NamedTuple):
    """Consecutive trees that add up to one output, each a sequence of leaf values, from left to right."""

    first_tree: int
    trees: Sequence[Sequence[float]]
    base: float


class Forest(Part):
    """Trees, summed."""

    __slots__ = ()

    def sums(self, columns: Columns) -> tuple[float, ...]:
        """Return base + the sum of the reached leaves, for each output."""
        raise NotImplementedError


class MaskForest(Forest):
    """Trees of few leaves: a column's value rules leaves out, and what no column rules out is reached.

    Parameters
    ----------
    lookups, ranges : each column that any tree asks; together they leave one leaf a tree.
    groups : the trees of each output.
    bits : 32 or 64, of the word that one tree's leaves take; bit 0 is the leftmost leaf.
    n_trees : of all groups together.
    """

    __slots__ = ("_bytes", "_outputs", "_word", "bits", "groups", "lookups", "n_trees", "ranges")
    takes: ClassVar = ("lookups", "ranges", "groups", "bits", "n_trees")

    def __init__(
        self, lookups: Iterable[Any], ranges: Iterable[Any], groups: Iterable[Any], bits: int, n_trees: int
    ) -> None:
        self.lookups = tuple(tuple(lookup) for lookup in lookups)
        self.ranges = tuple(tuple(one) for one in ranges)
        self.groups = tuple(tuple(group) for group in groups)
        self.bits = bits
        self.n_trees = n_trees
        self._word = WORDS[bits]
        self._bytes = bits // 8 * n_trees
        powers = [1 << bit for bit in range(bits)]
        self._outputs = tuple(
            (slice(first, first + len(trees)), [dict(zip(powers, leaves, strict=False)) for leaves in trees], base)
            for first, trees, base in self.groups
        )

    def sums(self, columns: Columns) -> tuple[float, ...]:
        """Return base + the sum of the reached leaves, for each output."""
        mask = -1
        for column, masks, unknown in self.lookups:
            mask &= masks.get(columns[column], unknown)
        for column, thresholds, intervals, missing in self.ranges:
            value = columns[column]
            mask &= intervals[bisect_left(thresholds, value)] if value == value else missing  # noqa: PLR0124 - NaN
        # Each tree's word now has one bit set; little end first, so that word i is tree i.
        reached = memoryview(mask.to_bytes(self._bytes, "little")).cast(self._word)
        return tuple([sum(map(getitem, trees, reached[where]), base) for where, trees, base in self._outputs])


class Tree(NamedTuple):
    """A tree as columns of a table, one row a node; node 0 is the root.

    column : asked at the node; -1 at a leaf.
    threshold : of the node; a set of categories where the question is which category. The leaf's value at a leaf.
    left, right : row of the next node; left where value <= threshold, or where it is among the categories.
    missing_left : whether NaN goes left.
    """

    column: Sequence[int]
    threshold: Sequence[Any]
    left: Sequence[int]
    right: Sequence[int]
    missing_left: Sequence[bool]


class WalkedForest(Forest):
    """Trees of any size, walked one after the other.

    Parameters
    ----------
    trees : each a `Tree`; a leaf's value has one number an output.
    bases : of each output.
    """

    __slots__ = ("bases", "trees")
    takes: ClassVar = ("trees", "bases")

    def __init__(self, trees: Iterable[Any], bases: Iterable[float]) -> None:
        self.trees = tuple(tuple(tree) for tree in trees)
        self.bases = tuple(bases)

    def sums(self, columns: Columns) -> tuple[float, ...]:
        """Return base + the sum of the reached leaves, for each output."""
        leaves = [_leaf(tree, columns) for tree in self.trees]
        return tuple([sum(values, base) for base, values in zip(self.bases, zip(*leaves, strict=True), strict=True)])


def _leaf(tree: tuple[Any, ...], columns: Columns) -> Any:
    column, threshold, left, right, missing_left = tree
    node = 0
    while (asked := column[node]) >= 0:
        value, bound = columns[asked], threshold[node]
        if value != value:  # noqa: PLR0124 - only NaN is not itself
            goes_left = missing_left[node]
        elif type(bound) is float:
            goes_left = value <= bound
        else:
            goes_left = value in bound
        node = left[node] if goes_left else right[node]
    return threshold[node]


class ForestHead(Head):
    """An ensemble of trees: the sums, scaled, through a link.

    Parameters
    ----------
    forest : gives the sums.
    link : name of one of `links.LINKS`.
    scale : the sums are divided by it; 1 for boosting, the number of trees for an average.
    """

    __slots__ = ("_link", "forest", "link", "scale")
    takes: ClassVar = ("forest", "link", "scale")

    def __init__(self, forest: Forest, link: str, scale: float = 1.0) -> None:
        self.forest = forest
        self.link = link
        self.scale = scale
        self._link = LINKS[link]

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return class probabilities, or the value of a regression."""
        return self._link(self.raw(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the sums over the scale."""
        sums = self.forest.sums(columns)
        return sums if self.scale == 1.0 else tuple(total / self.scale for total in sums)
