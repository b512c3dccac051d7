"""A score that is a sum of one term a feature: what a linear model over encoded columns folds into."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.scorers.links import sigmoid
from challenge_neuralworks.scorers.parts import Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar


class LookupTerm(NamedTuple):
    """Adds ``table[value]``, or ``unknown`` for a value the table does not hold."""

    feature: str
    table: dict[Any, float]
    unknown: float


class NumberTerm(NamedTuple):
    """Adds ``weight * ((value - mean) / scale)``, in scikit-learn's order: a product may overflow."""

    feature: str
    weight: float
    mean: float
    scale: float


class AdditiveScorer(Scorer):
    """A sum of one term a feature: log-odds of two classes, or the value of a regression.

    Parameters
    ----------
    bias : the score where every term is 0.
    lookups : terms of categories and of integers over a bounded range.
    numbers : terms of other numbers.
    link : ``sigmoid`` for two classes, ``identity`` for a regression.

    Source: the decision function of scikit-learn's linear estimators, its columns folded by feature.
    """

    __slots__ = ("_probability", "bias", "link", "lookups", "numbers")
    LINKS: ClassVar = ("sigmoid", "identity")

    def __init__(
        self,
        bias: float,
        lookups: Iterable[Iterable[Any]],
        numbers: Iterable[Iterable[Any]] = (),
        link: str = "sigmoid",
    ) -> None:
        self.bias = bias
        self.lookups = tuple(LookupTerm(*term) for term in lookups)
        self.numbers = tuple(NumberTerm(*term) for term in numbers)
        self.link = link
        self._probability = link == "sigmoid"

    def __reduce__(self) -> tuple[Any, ...]:
        # Terms as plain tuples, so that a pickle names this one class and nothing else.
        terms = tuple(map(tuple, self.lookups)), tuple(map(tuple, self.numbers))
        return AdditiveScorer, (self.bias, *terms) if self._probability else (self.bias, *terms, self.link)

    def score(self, row: Mapping[str, Any]) -> float:
        """Return the sum of one row: log-odds of the second class, or the value."""
        total = self.bias
        for feature, table, unknown in self.lookups:
            total += table.get(row[feature], unknown)
        for feature, weight, mean, scale in self.numbers:
            total += weight * ((row[feature] - mean) / scale)
        return total

    def predict(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return (p0, p1), which sum to 1, or (value,)."""
        score = self.score(row)
        if not self._probability:
            return (score,)
        second = sigmoid(score)
        return 1.0 - second, second
