"""Sums over decision trees: by masks of reachable leaves where trees are small, by walking where they are not.

Source of the masks: Lucchese et al. (2015), QuickScorer, SIGIR; here with one Python integer for all trees at
once, and one mask for each interval (or category) of a column instead of one for each node.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import getitem

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.scorers.links import LINKS
from challenge_neuralworks.scorers.parts import Head, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, ClassVar, Literal

    from challenge_neuralworks.scorers.parts import Columns

WORDS: dict[int, Literal["B", "H", "I", "Q"]] = {8: "B", 16: "H", 32: "I", 64: "Q"}
"""Leaves a tree may have -> the type of the word, of as many bits, that holds them."""


class Lookup(NamedTuple):
    """The leaves that each value of a column leaves reachable."""

    column: int
    masks: dict[Any, int]
    unknown: int


class Ranges(NamedTuple):
    """The leaves that ``(column - mean) / scale`` leaves reachable: ``masks[i]`` up to and with ``thresholds[i]``."""

    column: int
    mean: float
    scale: float
    thresholds: Sequence[float]
    masks: Sequence[int]
    missing: int


class Group(NamedTuple):
    """Consecutive trees that add up to one output, each a sequence of leaf values, from left to right."""

    first_tree: int
    trees: Sequence[Sequence[float]]
    base: float


class Forest(Part):
    """Trees, summed.

    Attributes
    ----------
    bases : what the sum of each output begins with.
    """

    __slots__ = ()
    bases: tuple[float, ...]

    def shares(self, columns: Columns) -> list[Iterable[float]]:
        """Return the values of the reached leaves that add up to each output, tree by tree."""
        raise NotImplementedError

    def sums(self, columns: Columns) -> tuple[float, ...]:
        """Return base + the sum of the reached leaves, for each output."""
        return tuple([sum(share, base) for share, base in zip(self.shares(columns), self.bases, strict=True)])


class MaskForest(Forest):
    """Trees of few leaves: a column's value rules leaves out, and what no column rules out is reached.

    Parameters
    ----------
    lookups, ranges : each column that any tree asks; together they leave one leaf a tree.
    groups : the trees of each output; groups may share trees.
    bits : of the word that one tree's leaves take, a key of `WORDS`; bit 0 is the leftmost leaf.
    n_trees : of all groups together.
    """

    __slots__ = ("_bytes", "_outputs", "_word", "bases", "bits", "groups", "lookups", "n_trees", "ranges")
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
            (slice(first, first + len(trees)), [dict(zip(powers, leaves, strict=False)) for leaves in trees])
            for first, trees, _ in self.groups
        )
        self.bases = tuple(base for _, _, base in self.groups)

    def shares(self, columns: Columns) -> list[Iterable[float]]:
        """Return the values of the reached leaves that add up to each output."""
        mask = -1
        for column, masks, unknown in self.lookups:
            mask &= masks.get(columns[column], unknown)
        for column, mean, scale, thresholds, intervals, missing in self.ranges:
            # Of a number that nothing was done to, this makes a float of an integer and changes nothing else.
            value = (columns[column] - mean) / scale
            mask &= intervals[bisect_left(thresholds, value)] if value == value else missing  # noqa: PLR0124 - NaN
        # Each tree's word now has one bit set; little end first, so that word i is tree i.
        reached = memoryview(mask.to_bytes(self._bytes, "little")).cast(self._word)
        return [map(getitem, trees, reached[where]) for where, trees in self._outputs]


class Nodes(NamedTuple):
    """The nodes of all trees as one table, each column as bytes: they load at once, however many they are.

    columns : int32, column that a node asks; -1 at a leaf.
    bounds : float64, greatest value that goes left.
    children : int32, node to the left, after which the one to the right stands; of a leaf, its row of values.
    missing_right : uint8, 1 where NaN goes right.
    """

    columns: bytes
    bounds: bytes
    children: bytes
    missing_right: bytes


class WalkedForest(Forest):
    """Trees of any size, walked one after the other.

    Parameters
    ----------
    nodes : of all trees, see `Nodes`.
    roots : node that each tree begins with.
    categories : {node: {value: whether it goes left}} of nodes that ask for a category; a value that is not
        listed goes the way of NaN.
    leaves : values of each leaf, float64, and how many there are of each. Of one, an output is the sum of its
        equal share of the trees, in order; of more, every tree adds to every output.
    bases : of each output.
    """

    __slots__ = ("_nodes", "_values", "bases", "categories", "leaves", "nodes", "roots")
    takes: ClassVar = ("nodes", "roots", "categories", "leaves", "bases")

    def __init__(
        self, nodes: Iterable[bytes], roots: Iterable[int], categories: Any, leaves: Any, bases: Iterable[float]
    ) -> None:
        self.nodes = tuple(nodes)
        self.roots = tuple(roots)
        self.categories = dict(categories)
        self.leaves = tuple(leaves)
        self.bases = tuple(bases)
        asked, bounds, children, missing_right = self.nodes
        self._nodes = (_listed(asked, "i"), _listed(bounds, "d"), _listed(children, "i"), missing_right)
        values, width = self.leaves
        flat = iter(_listed(values, "d"))
        self._values: list[Any] = list(flat) if width == 1 else list(zip(*[flat] * width, strict=True))

    def shares(self, columns: Columns) -> list[Iterable[float]]:
        """Return the values of the reached leaves that add up to each output."""
        # Python compares an integer exactly; beyond 2**53 the library has another number.
        columns = [float(value) if type(value) is int else value for value in columns]
        usual = not self.categories and all(value == value for value in columns)  # noqa: PLR0124 - NaN
        reached = [self._values[row] for row in (self._walk(columns) if usual else self._walk_carefully(columns))]
        if self.leaves[1] > 1:
            return list(zip(*reached, strict=True))
        size = len(reached) // len(self.bases)
        return [reached[i * size : (i + 1) * size] for i in range(len(self.bases))]

    def _walk(self, columns: Columns) -> list[int]:
        asked, bounds, children, _ = self._nodes
        rows = []
        for root in self.roots:
            node = root
            while (column := asked[node]) >= 0:
                node = children[node] + (columns[column] > bounds[node])
            rows.append(children[node])
        return rows

    def _walk_carefully(self, columns: Columns) -> list[int]:
        asked, bounds, children, missing_right = self._nodes
        rows = []
        for root in self.roots:
            node = root
            while (column := asked[node]) >= 0:
                value = columns[column]
                if node in self.categories:
                    goes_left = self.categories[node].get(value, not missing_right[node])
                else:
                    # NaN is over no bound.
                    goes_left = not (value > bounds[node] or (value != value and missing_right[node]))  # noqa: PLR0124
                node = children[node] + (not goes_left)
            rows.append(children[node])
        return rows


def _listed(table: bytes, kind: Literal["i", "d"]) -> list[Any]:
    return memoryview(table).cast(kind).tolist()


class Float32Forest(Forest):
    """A forest summed as its library does, in float32: each sum is rounded before the next leaf is added.

    Parameters
    ----------
    forest : of leaves and bases that are float32 already.
    """

    __slots__ = ("bases", "forest")
    takes: ClassVar = ("forest",)

    def __init__(self, forest: Forest) -> None:
        self.forest = forest
        self.bases = forest.bases

    def sums(self, columns: Columns) -> tuple[float, ...]:
        """Return base + the sum of the reached leaves, for each output."""
        # A float32 in memory rounds what is written to it, as the processor does.
        totals = memoryview(bytearray(4 * len(self.bases))).cast("f")
        for output, share in enumerate(self.forest.shares(columns)):
            totals[output] = self.bases[output]
            for value in share:
                totals[output] += value
        return tuple(totals)


class GuardedForest(Forest):
    """A forest that raises on numbers which its estimator raises on.

    Parameters
    ----------
    forest : gives the sums.
    numbers : (column, mean, scale) of each number ``(column - mean) / scale`` that is checked.
    largest : magnitude that the estimator takes; beyond, float32 would be infinite.
    missing : whether it takes NaN.
    """

    __slots__ = ("forest", "largest", "missing", "numbers")
    takes: ClassVar = ("forest", "numbers", "largest", "missing")

    def __init__(self, forest: Forest, numbers: Iterable[Any], largest: float, missing: bool) -> None:  # noqa: FBT001
        self.forest = forest
        self.numbers = tuple(tuple(number) for number in numbers)
        self.largest = largest
        self.missing = missing

    def sums(self, columns: Columns) -> tuple[float, ...]:
        """Return the forest's sums.

        Raises
        ------
        ValueError : as the estimator would, a number is too large, or missing where none may be.
        """
        for column, mean, scale in self.numbers:
            value = (columns[column] - mean) / scale
            if not -self.largest <= value <= self.largest and (value == value or not self.missing):  # noqa: PLR0124
                raise ValueError(f"column {column} is {value}, which the estimator refuses: NaN, or over float32")
        return self.forest.sums(columns)


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
        return sums if self.scale == 1.0 else tuple([total / self.scale for total in sums])
