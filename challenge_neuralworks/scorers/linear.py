"""Linear heads: over plain columns, and over features whose columns were folded into one term each."""

from __future__ import annotations

from math import nan
from operator import mul

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import LINKS
from challenge_neuralworks.scorers.parts import Head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class LinearHead(Head):
    """Weighted sums of columns through a link.

    Parameters
    ----------
    weights : shape (n_outputs, n_columns).
    intercepts : shape (n_outputs,).
    link : name of one of `links.LINKS`.
    """

    __slots__ = ("_link", "intercepts", "link", "weights")
    takes: ClassVar = ("weights", "intercepts", "link")

    def __init__(self, weights: Iterable[Iterable[float]], intercepts: Iterable[float], link: str) -> None:
        self.weights = tuple(tuple(row) for row in weights)
        self.intercepts = tuple(intercepts)
        self.link = link
        self._link = LINKS[link]

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return class probabilities, or the value of a regression."""
        return self._link(self.raw(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the weighted sums, shape (n_outputs,)."""
        return tuple(
            [
                sum(map(mul, row, columns), intercept)
                for row, intercept in zip(self.weights, self.intercepts, strict=True)
            ]
        )


class AdditiveHead(Head):
    """A sum of one term a feature, for each output, through a link.

    Parameters
    ----------
    bases : of each output.
    lookups : (column, {value: term of each output}, term of each output for any other value).
    numbers : (column, weight of each output, mean, scale); the term is ``weight * ((value - mean) / scale)``.
    link : name of one of `links.LINKS`.
    """

    __slots__ = ("_link", "_lookups", "bases", "link", "lookups", "numbers")
    takes: ClassVar = ("bases", "lookups", "numbers", "link")

    def __init__(self, bases: Iterable[float], lookups: Iterable[Any], numbers: Iterable[Any], link: str) -> None:
        self.bases = tuple(bases)
        self.lookups = tuple(tuple(lookup) for lookup in lookups)
        self.numbers = tuple(tuple(number) for number in numbers)
        self.link = link
        self._link = LINKS[link]
        # A missing number comes as the one object `nan`, which a dict finds by identity.
        self._lookups = tuple(
            (column, {**table, nan: table[None]} if None in table else table, unknown)
            for column, table, unknown in self.lookups
        )

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return class probabilities, or the value of a regression."""
        return self._link(self.raw(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the sums, shape (n_outputs,)."""
        terms = [table.get(columns[column], unknown) for column, table, unknown in self._lookups]
        for column, weights, mean, scale in self.numbers:
            value = (columns[column] - mean) / scale
            terms.append([weight * value for weight in weights])
        if not terms:
            return self.bases
        return tuple([sum(column, base) for base, column in zip(self.bases, zip(*terms, strict=True), strict=True)])
