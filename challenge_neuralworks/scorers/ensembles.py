"""Heads made of heads: averages, stacks, weighted votes and medians; and one that asks none."""

from __future__ import annotations

from itertools import accumulate
from math import log
from operator import itemgetter, mul

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import LINKS, sigmoid, softmax, two_classes
from challenge_neuralworks.scorers.parts import Head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns, Stage

EPSILON = 2.220446049250313e-16
"""Distance of 1 from the next float64: the least probability that SAMME.R takes the logarithm of."""

_first = itemgetter(0)


class ConstantHead(Head):
    """The same answer to everything."""

    __slots__ = ("values",)
    takes: ClassVar = ("values",)

    def __init__(self, values: Iterable[float]) -> None:
        self.values = tuple(values)

    def outputs(self, columns: Columns) -> tuple[float, ...]:  # noqa: ARG002 - asked by nobody
        """Return the values."""
        return self.values


class LinkedHead(Head):
    """A head's outputs through a link: the target was transformed before the fit.

    Parameters
    ----------
    head : gives the outputs.
    link : name of one of `links.LINKS`.
    """

    __slots__ = ("_link", "head", "link")
    takes: ClassVar = ("head", "link")

    def __init__(self, head: Head, link: str) -> None:
        self.head = head
        self.link = link
        self._link = LINKS[link]

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the linked outputs."""
        return self._link(self.head.outputs(columns))


class AverageHead(Head):
    """The weighted mean of heads' outputs.

    Parameters
    ----------
    heads, weights : of each member; weights need not sum to 1.
    """

    __slots__ = ("_total", "heads", "weights")
    takes: ClassVar = ("heads", "weights")

    def __init__(self, heads: Iterable[Head], weights: Iterable[float]) -> None:
        self.heads = tuple(heads)
        self.weights = tuple(weights)
        self._total = sum(self.weights)

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the mean of each output."""
        members = [head.outputs(columns) for head in self.heads]
        total = self._total
        return tuple([sum(map(mul, values, self.weights)) / total for values in zip(*members, strict=True)])


class StackedHead(Head):
    """A head over what other heads say.

    Parameters
    ----------
    members : (head, whether its decision function is asked, number of leading values left out).
    passthrough : the stage that makes the columns which follow the members' values; None for no such.
    final : head over all these.
    """

    __slots__ = ("final", "members", "passthrough")
    takes: ClassVar = ("members", "passthrough", "final")

    def __init__(self, members: Iterable[Any], passthrough: Stage | None, final: Head) -> None:
        self.members = tuple(tuple(member) for member in members)
        self.passthrough = passthrough
        self.final = final

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the final head's outputs."""
        return self.final.outputs(self._said(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the final head's decision function."""
        return self.final.raw(self._said(columns))

    def _said(self, columns: Columns) -> Columns:
        said: Columns = []
        for head, decides, left_out in self.members:
            said += (head.raw(columns) if decides else head.outputs(columns))[left_out:]
        return said if self.passthrough is None else said + self.passthrough.apply(columns)


class VotesHead(Head):
    """Weighted votes for classes: AdaBoost's SAMME.

    Parameters
    ----------
    members : (head, whether its decision function votes; else its probabilities).
    weights : of each member.
    total : sum of the weights.
    n_classes : at least 2.

    Source: Zhu, Zou, Rosset, Hastie (2009), Multi-class AdaBoost.
    """

    __slots__ = ("members", "n_classes", "total", "weights")
    takes: ClassVar = ("members", "weights", "total", "n_classes")

    def __init__(self, members: Iterable[Any], weights: Iterable[float], total: float, n_classes: int) -> None:
        self.members = tuple(tuple(member) for member in members)
        self.weights = tuple(weights)
        self.total = total
        self.n_classes = n_classes

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the class probabilities."""
        return _boosted(self.raw(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the decision function."""
        won = [0.0] * self.n_classes
        for (head, decides), weight in zip(self.members, self.weights, strict=True):
            won[_vote(head.raw(columns) if decides else head.outputs(columns), decides)] += weight
        cast, others = sum(self.weights), self.n_classes - 1
        return _decided([(votes - (cast - votes) / others) / self.total for votes in won])


class LogVotesHead(Head):
    """Sums of log-probabilities: AdaBoost's SAMME.R.

    Parameters
    ----------
    heads : the members.
    total : their number.
    n_classes : at least 2.
    """

    __slots__ = ("heads", "n_classes", "total")
    takes: ClassVar = ("heads", "total", "n_classes")

    def __init__(self, heads: Iterable[Head], total: float, n_classes: int) -> None:
        self.heads = tuple(heads)
        self.total = total
        self.n_classes = n_classes

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the class probabilities."""
        return _boosted(self.raw(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the decision function."""
        sums = [0.0] * self.n_classes
        for head in self.heads:
            logs = [log(max(p, EPSILON)) for p in head.outputs(columns)]
            mean = sum(logs) / self.n_classes
            sums = [so_far + (self.n_classes - 1) * (value - mean) for so_far, value in zip(sums, logs, strict=True)]
        return _decided([value / self.total for value in sums])


class MedianHead(Head):
    """The weighted median of heads' values: AdaBoost.R2.

    Parameters
    ----------
    heads, weights : of each member.

    Source: Drucker (1997), Improving regressors using boosting techniques.
    """

    __slots__ = ("heads", "weights")
    takes: ClassVar = ("heads", "weights")

    def __init__(self, heads: Iterable[Head], weights: Iterable[float]) -> None:
        self.heads = tuple(heads)
        self.weights = tuple(weights)

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return (median,)."""
        values = [head.outputs(columns)[0] for head in self.heads]
        ranked = sorted(zip(values, self.weights, strict=True), key=_first)
        reached = list(accumulate([weight for _, weight in ranked]))
        half = 0.5 * reached[-1]
        return (next(value for (value, _), weight in zip(ranked, reached, strict=True) if weight >= half),)


def _vote(values: tuple[float, ...], decides: bool) -> int:  # noqa: FBT001 - one of a member's two flags
    if decides and len(values) == 1:
        return int(values[0] > 0.0)
    return values.index(max(values))


def _decided(sums: list[float]) -> tuple[float, ...]:
    return (sums[1] - sums[0],) if len(sums) == 2 else tuple(sums)


def _boosted(decision: tuple[float, ...]) -> tuple[float, ...]:
    if len(decision) == 1:
        return two_classes(sigmoid(decision[0]))
    others = len(decision) - 1
    return softmax(tuple([value / others for value in decision]))
