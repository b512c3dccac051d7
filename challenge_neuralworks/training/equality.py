"""The proof that a scorer gives its estimator's predictions, without which nothing is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.errors import NotEqual, ShapeError
from challenge_neuralworks.training.frames import frame
from challenge_neuralworks.training.tasks import predictions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Row

TOLERANCE = 1e-12
"""Largest difference of a prediction, of values beyond 1 relative to them: room for another order of sums, no more."""


def prove(estimator: Any, scorer: Scorer, rows: Sequence[Row], tolerance: float = TOLERANCE) -> float:
    """Return the largest difference between two predictions of a row, which is within the tolerance.

    Parameters
    ----------
    estimator : fitted on a frame of features; a classifier has ``predict_proba``.
    rows : features, shape (n_rows,), at least one.

    Raises
    ------
    NotEqual : a row's predictions differ by more, or one is no number; shows the worst row.
    ShapeError : there are no rows, so nothing would be proven.
    """
    if not rows:
        raise ShapeError("a proof needs at least one row")
    expected = predictions_of(estimator, frame(rows))
    computed = np.asarray(scorer.predict_many(rows), dtype=np.float64)
    if expected.shape != computed.shape:
        raise ShapeError(f"the estimator's predictions have shape {expected.shape}, the scorer's {computed.shape}")
    differences = (np.abs(expected - computed) / np.maximum(1.0, np.abs(expected))).max(axis=1)
    # argmax returns the first NaN where there is one, and a NaN fails the comparison below.
    worst = int(differences.argmax())
    if not differences[worst] <= tolerance:
        raise NotEqual(float(differences[worst]), tolerance, dict(rows[worst]))
    return float(differences[worst])
