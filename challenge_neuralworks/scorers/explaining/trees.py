"""Explanations of sums over decision trees: exact path-dependent TreeSHAP.

The values are those of algorithm 2 of Lundberg et al. (2020), From local explanations to global understanding with
explainable AI for trees, Nature Machine Intelligence 2, 56-67 ("tree_path_dependent" in the package `shap`): a
feature that is not known is averaged over by the training rows that went either way at each node.

They are computed otherwise. The weight ``s! (m - s - 1)! / m!`` of a coalition of s among m columns is the integral
of ``t**s * (1 - t)**(m - 1 - s)`` over 0..1, so the share of column i in a leaf of value v is

    v * (one_i - zero_i) * integral of product over j != i of (one_j * t + zero_j * (1 - t))

with one_j = 1 where the row passes all questions about j on the way to the leaf, else 0, and zero_j the share of
training rows that pass them. The integrand is a polynomial of degree m - 1, which Gauss-Legendre quadrature with
m / 2 points integrates exactly. Products grow down the trees and sums up them, so a row costs one pass over
the nodes for each point.
"""

from __future__ import annotations

from itertools import islice
from math import fsum

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.scorers.explaining import Explainer, Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar, Literal

    from challenge_neuralworks.scorers.explaining.columns import Encoding
    from challenge_neuralworks.scorers.parts import Columns


class Nodes(NamedTuple):
    """The nodes of all trees as one table, each column as bytes: a load costs nothing, the first `explain` decodes.

    Node 0 stands over all roots; every node comes after its parent.

    columns : int32, column that a node asks; -1 at a leaf and at node 0.
    numbers : float64, greatest value that goes left; of a leaf, its value.
    parents : int32.
    previous : int32, the node above that was last entered by an answer about the same column as this one; else 0.
    shares : float64, of the training rows at the node entered by the first question about the same column: those
        that pass this and all questions about it in between.
    lefts : uint8, 1 where it is the left child.
    missing_lefts : uint8, 1 where NaN goes left.
    """

    columns: bytes
    numbers: bytes
    parents: bytes
    previous: bytes
    shares: bytes
    lefts: bytes
    missing_lefts: bytes


class TreeExplainer(Explainer):
    """Contribution of a feature: the Shapley values of its columns.

    Parameters
    ----------
    encoding : of rows.
    nodes : see `Nodes`.
    categories : {node: {value: whether it goes left}} of nodes that ask for a category; a value that is not listed
        goes the way of NaN.
    quadrature : points and weights over 0..1, exact up to the most columns that any path asks.
    base, bias : the score on average, and before the first tree.
    """

    __slots__ = ("_table", "base", "bias", "categories", "encoding", "nodes", "quadrature")
    takes: ClassVar = ("encoding", "nodes", "categories", "quadrature", "base", "bias")

    def __init__(
        self, encoding: Encoding, nodes: Iterable[bytes], categories: Any, quadrature: Any, base: float, bias: float
    ) -> None:
        self.encoding = encoding
        self.nodes = tuple(nodes)
        self.categories = dict(categories)
        self.quadrature = tuple((point, weight) for point, weight in quadrature)
        self.base = base
        self.bias = bias
        self._table: _Table | None = None

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Return the explanation of one row."""
        if self._table is None:
            self._table = _Table(Nodes(*self.nodes))
        table = self._table
        columns = self.encoding.columns(row)
        passed = table.passed(self._turns(columns, table))
        shares = [0.0] * len(columns)
        for point, weight in self.quadrature:
            table.add(passed, point, weight, shares)
        return Explanation(self.base, self.encoding.owned(shares), self.bias + table.reached(passed))

    def _turns(self, columns: Columns, table: _Table) -> list[bool]:
        """Return whether each node sends the row left; of a leaf, anything."""
        # Over no bound: NaN and categories are set right below. Python compares an integer exactly; beyond 2**53 the
        # library has another number.
        known = [float(value) if isinstance(value, int | float) else 0.0 for value in columns]
        turns = [known[column] <= bound for column, bound in zip(table.columns, table.numbers, strict=True)]
        missing = {index for index, value in enumerate(columns) if value != value}  # noqa: PLR0124 - NaN
        if missing:
            for node, column in enumerate(table.columns):
                if column in missing:
                    turns[node] = table.missing_lefts[node]
        for node, categories in self.categories.items():
            turns[node] = categories.get(columns[table.columns[node]], table.missing_lefts[node])
        return turns


class _Table:
    """Nodes as lists."""

    __slots__ = (
        "asked",
        "asked_up",
        "columns",
        "lefts",
        "missing_lefts",
        "numbers",
        "parents",
        "parents_up",
        "previous",
        "shares",
        "worths",
    )

    def __init__(self, nodes: Nodes) -> None:
        self.columns = _listed(nodes.columns, "i")
        self.numbers = _listed(nodes.numbers, "d")
        self.parents = _listed(nodes.parents, "i")
        self.previous = _listed(nodes.previous, "i")
        self.shares = _listed(nodes.shares, "d")
        self.lefts = [bool(left) for left in nodes.lefts]
        self.missing_lefts = [bool(left) for left in nodes.missing_lefts]
        # What the question was about whose answer leads to each node.
        self.asked = [self.columns[parent] for parent in self.parents]
        self.worths = [number if column < 0 else 0.0 for number, column in zip(self.numbers, self.columns, strict=True)]
        self.parents_up, self.asked_up = self.parents[:0:-1], self.asked[:0:-1]

    def passed(self, turns: list[bool]) -> list[bool]:
        """Return whether a row passes, down to each node, all questions about the column asked last."""
        passed: list[bool] = []
        for left, parent, previous, column in zip(self.lefts, self.parents, self.previous, self.asked, strict=True):
            # A root was not asked for.
            passed.append(column < 0 or (left == turns[parent] and (not previous or passed[previous])))
        return passed

    def reached(self, passed: list[bool]) -> float:
        """Return the sum of the leaves that the row reaches."""
        reached = [True]
        for parent, own in islice(zip(self.parents, passed, strict=True), 1, None):
            reached.append(own and reached[parent])
        return fsum(worth for worth, here in zip(self.worths, reached, strict=True) if here)

    def add(self, passed: list[bool], point: float, weight: float, shares: list[float]) -> None:
        """Add each column's share at one point of the quadrature."""
        rest = 1.0 - point
        zeros, previous = self.shares, self.previous
        factors = [point + zero * rest if one else zero * rest for one, zero in zip(passed, zeros, strict=True)]
        cold = -1.0 / rest
        gains = [
            (1.0 - zero) / factor if one else cold for one, zero, factor in zip(passed, zeros, factors, strict=True)
        ]
        added = [gain - gains[before] for gain, before in zip(gains, previous, strict=True)]
        # Node 0 is its own parent: it is asked for nothing, and its factor is 1.
        products = [weight]
        append = products.append
        for parent, before, factor in islice(zip(self.parents, previous, factors, strict=True), 1, None):
            append(products[parent] * factor / factors[before])
        sums = [value * product for value, product in zip(self.worths, products, strict=True)]
        # From the last node up, so that each sum is whole before it is added to its parent's.
        for parent, column, gain in zip(self.parents_up, self.asked_up, reversed(added), strict=False):
            total = sums.pop()
            sums[parent] += total
            shares[column] += total * gain


def _listed(table: bytes, kind: Literal["i", "d"]) -> list[Any]:
    return memoryview(table).cast(kind).tolist()
