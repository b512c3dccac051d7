"""A score that is a sum of one term a feature: what a linear model over encoded columns folds into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.scorers.links import sigmoid
from challenge_neuralworks.scorers.parts import Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class LookupTerm(NamedTuple):
    """Adds ``table[value]``, or ``unknown`` for a value the table does not hold."""

    feature: str
    table: dict[Any, float]
    unknown: float


class NumberTerm(NamedTuple):
    """Adds ``weight * (value - mean) / scale``."""

    feature: str
    weight: float
    mean: float
    scale: float


class AdditiveScorer(Scorer):
    """Two-class probabilities from log-odds = bias + one term a feature.

    Parameters
    ----------
    bias : log-odds where every term is 0.
    lookups : terms of categories and of integers over a bounded range.
    numbers : terms of unbounded numbers.

    Source: the decision function of `sklearn.linear_model.LogisticRegression`, its columns folded by feature.
    """

    __slots__ = ("bias", "lookups", "numbers")

    def __init__(self, bias: float, lookups: Iterable[Iterable[Any]], numbers: Iterable[Iterable[Any]] = ()) -> None:
        self.bias = bias
        self.lookups = tuple(LookupTerm(*term) for term in lookups)
        self.numbers = tuple(NumberTerm(*term) for term in numbers)

    def __reduce__(self) -> tuple[Any, ...]:
        # Terms as plain tuples, so that a pickle names this one class and nothing else.
        return AdditiveScorer, (self.bias, tuple(map(tuple, self.lookups)), tuple(map(tuple, self.numbers)))

    def log_odds(self, row: Mapping[str, Any]) -> float:
        """Return the log-odds of the second class of one row."""
        total = self.bias
        for feature, table, unknown in self.lookups:
            total += table.get(row[feature], unknown)
        for feature, weight, mean, scale in self.numbers:
            total += weight * (row[feature] - mean) / scale
        return total

    def predict(self, row: Mapping[str, Any]) -> tuple[float, float]:
        """Return (p0, p1) of one row; they sum to 1."""
        second = sigmoid(self.log_odds(row))
        return 1.0 - second, second
