"""The fallback: an original sklearn estimator behind the scorer's face (needs the `sklearn` extra)."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any


class EstimatorScorer(Scorer):
    """Scores with ``estimator.predict_proba``, or ``predict`` of a regressor, on a pandas frame of the features.

    Parameters
    ----------
    estimator : fitted; its input is a frame with one column a feature.
    numbers : features that are numbers: their missing values are NaN, whatever else stands in the frame.
    """

    __slots__ = ("estimator", "numbers")

    def __init__(self, estimator: Any, numbers: Iterable[str] = ()) -> None:
        self.estimator = estimator
        self.numbers = tuple(numbers)

    def predict(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the estimator's prediction of one row."""
        return self.predict_many([row])[0]

    def predict_many(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, ...]]:
        """Return the estimator's predictions, shape (n_rows, n_classes or 1)."""
        import pandas as pd  # Only an artifact that is no table of numbers pays for it.

        frame = pd.DataFrame.from_records([dict(row) for row in rows])
        # pandas guesses the type of each column from the rows at hand, and one row alone may hold None only.
        for name in self.numbers:
            if frame[name].dtype == object:
                frame[name] = frame[name].astype("float64")
        if not hasattr(self.estimator, "predict_proba"):
            return [(float(value),) for value in self.estimator.predict(frame)]
        return [tuple(float(p) for p in row) for row in self.estimator.predict_proba(frame)]
