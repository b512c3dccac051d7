"""Calibration: from an estimator's scores to probabilities, by a fitted curve for each class."""

from __future__ import annotations

from bisect import bisect_right
from math import log

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import shares, sigmoid, softmax, two_classes
from challenge_neuralworks.scorers.parts import Head, Part

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns

SLACK = 1.0 + 1e-5
"""What scikit-learn takes for a 1 that was rounded up."""


LEAST = 1e-12
"""What scikit-learn adds to a probability before it takes the logarithm."""


class Curve(Part):
    """A fitted function of one score."""

    __slots__ = ()

    def at(self, score: float) -> float:
        """Return the calibrated probability of a score."""
        raise NotImplementedError


class SigmoidCurve(Curve):
    """``1 / (1 + exp(slope * score + offset))``.

    Source: Platt (1999), Probabilistic outputs for support vector machines.
    """

    __slots__ = ("offset", "slope")
    takes: ClassVar = ("slope", "offset")

    def __init__(self, slope: float, offset: float) -> None:
        self.slope = slope
        self.offset = offset

    def at(self, score: float) -> float:
        """Return the calibrated probability of a score."""
        return sigmoid(-(self.slope * score + self.offset))


class IsotonicCurve(Curve):
    """Straight lines between points, flat beyond the first and the last.

    Parameters
    ----------
    scores : strictly increasing.
    probabilities : of each score.
    """

    __slots__ = ("probabilities", "scores")
    takes: ClassVar = ("scores", "probabilities")

    def __init__(self, scores: Iterable[float], probabilities: Iterable[float]) -> None:
        self.scores = tuple(scores)
        self.probabilities = tuple(probabilities)

    def at(self, score: float) -> float:
        """Return the calibrated probability of a score."""
        scores, probabilities = self.scores, self.probabilities
        if score <= scores[0]:
            return probabilities[0]
        if score >= scores[-1]:
            return probabilities[-1]
        if score != score:  # noqa: PLR0124 - NaN
            return score
        # As numpy.interp does it, step by step: a steep line shows every bit.
        last = bisect_right(scores, score)
        low, y_low = scores[last - 1], probabilities[last - 1]
        slope = (probabilities[last] - y_low) / (scores[last] - low)
        return slope * (score - low) + y_low


class CalibratedHead(Head):
    """An estimator's scores, each through its curve; of more than two classes, as shares of their sum.

    Parameters
    ----------
    head : gives the scores.
    raw_scores : whether they are its decision function; else its probabilities, of two classes the second alone.
    curves : (class that the curve is of, curve) for each score.
    n_classes : of the calibrated classifier.
    """

    __slots__ = ("curves", "head", "n_classes", "raw_scores")
    takes: ClassVar = ("head", "raw_scores", "curves", "n_classes")

    def __init__(self, head: Head, raw_scores: bool, curves: Iterable[Any], n_classes: int) -> None:  # noqa: FBT001
        self.head = head
        self.raw_scores = raw_scores
        self.curves = tuple((index, curve) for index, curve in curves)
        self.n_classes = n_classes

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the class probabilities."""
        scores = self.head.raw(columns) if self.raw_scores else self._probabilities(columns)
        found = [0.0] * self.n_classes
        for (index, curve), score in zip(self.curves, scores, strict=True):
            found[index] = curve.at(score)
        if self.n_classes == 2:
            return two_classes(found[1])
        return tuple([1.0 if 1.0 < p <= SLACK else p for p in shares(tuple(found))])

    def _probabilities(self, columns: Columns) -> tuple[float, ...]:
        probabilities = self.head.outputs(columns)
        return probabilities[1:] if len(probabilities) == 2 else probabilities


class TemperedHead(Head):
    """An estimator's log-probabilities, scaled.

    Parameters
    ----------
    head : gives the scores.
    raw_scores : whether they are its decision function of two classes; else its probabilities.
    inverse_temperature : what the scores are multiplied with.

    Source: Guo et al. (2017), On calibration of modern neural networks, ICML.
    """

    __slots__ = ("head", "inverse_temperature", "raw_scores")
    takes: ClassVar = ("head", "raw_scores", "inverse_temperature")

    def __init__(self, head: Head, raw_scores: bool, inverse_temperature: float) -> None:  # noqa: FBT001
        self.head = head
        self.raw_scores = raw_scores
        self.inverse_temperature = inverse_temperature

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the class probabilities."""
        beta = self.inverse_temperature
        if self.raw_scores:
            score = beta * self.head.raw(columns)[0]
            return softmax((-score, score))
        return softmax(tuple([beta * log(p + LEAST) for p in self.head.outputs(columns)]))
