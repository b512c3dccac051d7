"""A score that is a sum of one term for each pair of features: what leaves behind two features at most add up to."""

from __future__ import annotations

from math import nan

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import LINKS, sigmoid
from challenge_neuralworks.scorers.parts import Head, Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class Rows(dict[int, "list[float]"]):
    """A table by the places of its first axis; a row is decoded when it is first asked for, so that loading is quick.

    Parameters
    ----------
    terms : float64 of each place of the first axis and, within it, of the second.
    width : number of places of the second.
    """

    __slots__ = ("_terms", "_width")

    def __init__(self, terms: bytes, width: int) -> None:
        super().__init__()
        self._terms = memoryview(terms).cast("d")
        self._width = width

    def __missing__(self, place: int) -> Any:
        row: Any = self._terms[place * self._width : (place + 1) * self._width].tolist()
        self[place] = row
        return row


class PairHead(Head):
    """Tables over pairs of features of few values, through a link.

    Attributes
    ----------
    single_terms : (axis, term of each place).
    pair_terms : (axis, axis, term of each place of the first and, within it, of the second).

    Parameters
    ----------
    base : the score before any term.
    axes : (column, {value: place}, place of any other value) of features of few values, and after these
        (column, mean, scale, thresholds) of numbers: the place of ``(value - mean) / scale`` is that of the first
        threshold it is not above, and NaN has the last. A place is an index of the tables below.
    singles : (axis, float64 of each place), of terms that need one feature.
    pairs : (axis, axis, float64 of each place of the first and, within it, of the second).
    link : name of one of `links.LINKS`.

    Source: the model form is GA2M (Lou, Caruana, Gehrke & Hooker, 2013, Accurate Intelligible Models with Pairwise
    Interactions).
    """

    __slots__ = (
        "_link",
        "_lookups",
        "_ranges",
        "axes",
        "base",
        "link",
        "pair_terms",
        "pairs",
        "single_terms",
        "singles",
    )
    takes: ClassVar = ("base", "axes", "singles", "pairs", "link")

    def __init__(
        self, base: float, axes: Iterable[Any], singles: Iterable[Any], pairs: Iterable[Any], link: str
    ) -> None:
        self.base = base
        self.axes = tuple(tuple(axis) for axis in axes)
        self.singles = tuple(tuple(single) for single in singles)
        self.pairs = tuple(tuple(pair) for pair in pairs)
        self.link = link
        self._link = LINKS[link]
        # A missing number comes as the one object `nan`, which a dict finds by identity.
        self._lookups = [
            (axis[0], {**axis[1], nan: axis[1][None]} if None in axis[1] else axis[1], axis[2])
            for axis in self.axes
            if len(axis) == 3
        ]
        self._ranges = [(*axis, _bisection()) for axis in self.axes if len(axis) == 4]
        self.single_terms = [(axis, listed(terms)) for axis, terms in self.singles]
        self.pair_terms = [(first, second, Rows(terms, self.width(second))) for first, second, terms in self.pairs]

    def width(self, axis: int) -> int:
        """Return the number of places of an axis: those of its values or intervals, and the last for any other."""
        stated = self.axes[axis]
        return int(stated[2]) + 1 if len(stated) == 3 else len(stated[3]) + 2

    def places(self, columns: Columns) -> list[int]:
        """Return the place of a row on each axis; a missing number may be None or NaN."""
        found = [places.get(columns[column], other) for column, places, other in self._lookups]
        for column, mean, scale, thresholds, bisect_left in self._ranges:
            value = columns[column]
            if value is None or value != value:  # noqa: PLR0124 - NaN
                found.append(len(thresholds) + 1)
            else:
                found.append(bisect_left(thresholds, (value - mean) / scale))
        return found

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return class probabilities, or the value of a regression."""
        return self._link(self.raw(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the sum, shape (1,)."""
        places = self.places(columns)
        total = self.base
        for axis, terms in self.single_terms:
            total += terms[places[axis]]
        for first, second, table in self.pair_terms:
            total += table[places[first]][places[second]]
        return (total,)


class PairScorer(Scorer):
    """A pair head over the features themselves, without a detour by columns.

    Parameters
    ----------
    features : names, in the order of the head's columns.
    head : with the link ``sigmoid`` of two classes, or ``identity`` of a regression.
    """

    __slots__ = ("_base", "_lookups", "_pairs", "_probability", "_ranges", "_singles", "features", "head")
    takes: ClassVar = ("features", "head")
    LINKS: ClassVar = ("sigmoid", "identity")

    def __init__(self, features: Iterable[str], head: PairHead) -> None:
        self.features = tuple(features)
        self.head = head
        self._lookups = [(self.features[axis[0]], axis[1], axis[2]) for axis in head.axes if len(axis) == 3]
        self._ranges = [(self.features[axis[0]], *axis[1:], _bisection()) for axis in head.axes if len(axis) == 4]
        self._base, self._singles, self._pairs = head.base, head.single_terms, head.pair_terms
        self._probability = head.link == "sigmoid"

    def predict(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return (p0, p1), which sum to 1, or (value,)."""
        found = [places.get(row[feature], other) for feature, places, other in self._lookups]
        for feature, mean, scale, thresholds, bisect_left in self._ranges:
            value = row[feature]
            found.append(len(thresholds) + 1 if value is None else bisect_left(thresholds, (value - mean) / scale))
        total = self._base
        for axis, terms in self._singles:
            total += terms[found[axis]]
        for first, second, table in self._pairs:
            total += table[found[first]][found[second]]
        if not self._probability:
            return (total,)
        second_class = sigmoid(total)
        return 1.0 - second_class, second_class


def _bisection() -> Callable[[Any, float], int]:
    from bisect import bisect_left  # Scorers without numbers between thresholds need not load it.

    return bisect_left


def listed(terms: bytes) -> list[float]:
    """Return float64 numbers, written as bytes because those load at no cost."""
    numbers: list[float] = memoryview(terms).cast("d").tolist()  # type: ignore[assignment]  # "d" makes floats.
    return numbers
