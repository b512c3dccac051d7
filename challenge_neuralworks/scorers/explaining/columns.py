"""Explanations of a weighted sum of columns, where these could not be folded into one term a feature."""

from __future__ import annotations

from math import fsum, nan

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.explaining import Explainer, Explanation
from challenge_neuralworks.scorers.parts import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns, Stage


class Encoding(Part):
    """A row as the columns that an estimator was fitted on.

    Parameters
    ----------
    features : names, in the order of the raw columns.
    numbers : positions of those that are numbers: a missing one becomes NaN, a missing category stays None.
    stage : makes the estimator's columns of the raw ones.
    owners : the feature that each of the estimator's columns was made from; None where that does not matter.
    """

    __slots__ = ("features", "numbers", "owners", "stage")
    takes: ClassVar = ("features", "numbers", "stage", "owners")

    def __init__(
        self, features: Iterable[str], numbers: Iterable[int], stage: Stage, owners: Iterable[str | None]
    ) -> None:
        self.features = tuple(features)
        self.numbers = tuple(numbers)
        self.stage = stage
        self.owners = tuple(owners)

    def columns(self, row: Mapping[str, Any]) -> Columns:
        """Return the estimator's columns of one row."""
        raw = [row[feature] for feature in self.features]
        for position in self.numbers:
            if raw[position] is None:
                raw[position] = nan
        return self.stage.apply(raw)

    def owned(self, shares: Iterable[float]) -> dict[str, float]:
        """Return the sum of the shares of each feature's columns; 0.0 where it has none."""
        contributions = dict.fromkeys(self.features, 0.0)
        for owner, share in zip(self.owners, shares, strict=True):
            if owner is not None:
                contributions[owner] += share
        return contributions


class LinearExplainer(Explainer):
    """Contribution of a column: its weight times what it is over its mean; of a feature: that of its columns.

    Parameters
    ----------
    encoding : of rows.
    weights, means : of each column.
    intercept : the score where every column is 0.
    """

    __slots__ = ("_base", "encoding", "intercept", "means", "weights")
    takes: ClassVar = ("encoding", "weights", "means", "intercept")

    def __init__(self, encoding: Encoding, weights: Iterable[float], means: Iterable[float], intercept: float) -> None:
        self.encoding = encoding
        self.weights = tuple(weights)
        self.means = tuple(means)
        self.intercept = intercept
        terms = [weight * mean for weight, mean in zip(self.weights, self.means, strict=True)]
        self._base = fsum([intercept, *terms])

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Return the explanation of one row."""
        columns = self.encoding.columns(row)
        terms = [weight * column for weight, column in zip(self.weights, columns, strict=True)]
        shares = [term - weight * mean for term, weight, mean in zip(terms, self.weights, self.means, strict=True)]
        return Explanation(self._base, self.encoding.owned(shares), sum(terms, self.intercept))
