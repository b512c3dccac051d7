"""Linear estimators of which the last digits decide: terms that cancel, and sums that overflow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.sampling import samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

    Floats = NDArray[np.float64]

MOST_CANCELLED = 1e6
"""Times a score, or 1, that the sizes of its terms may add up to: beyond, rounding shows in the score at 1e-10."""

MOST_CANCELLED_ONCE = 1e9
"""The same of one row, whose score may be near 0 by chance."""

NEGLIGIBLE = 2.0**-54
"""Share of the largest number that changes nothing in it."""


def refuse_lossy(weights: Any, intercepts: Any, columns: Sequence[Column], step: Step) -> None:
    """Refuse a weighted sum of columns that loses its digits on usual rows, or overflows on extreme ones.

    Parameters
    ----------
    weights : shape (n_outputs, n_columns).
    intercepts : shape (n_outputs,).
    """
    if not columns:
        return
    known = samples(columns, step)
    matrix, bases = np.asarray(weights, dtype=np.float64), np.asarray(intercepts, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, most in ((known.example, MOST_CANCELLED_ONCE), (known.usual, MOST_CANCELLED)):
            _refuse_cancelling(matrix, bases, _taken(rows), most, step)
        _refuse_overflowing(matrix, bases, _taken(known.extreme), step)


def _taken(rows: Floats) -> Floats:
    """Return the rows on which scikit-learn answers."""
    return rows[np.isfinite(rows).all(axis=1)]


def _refuse_cancelling(weights: Floats, bases: Floats, rows: Floats, most: float, step: Step) -> None:
    if not len(rows):
        return
    terms = float((np.abs(rows) @ np.abs(weights).T + np.abs(bases)).max())
    scores = float(np.abs(_apart(rows @ weights.T + bases)).max())
    if terms > most * max(1.0, scores):
        step.refuse(
            f"a linear estimator whose terms, {terms:.3g} together, cancel to scores of {scores:.3g}, so that last "
            "digits decide,",
            "drop columns that are sums of others, such as one of those that add up to 1 (OneHotEncoder(drop='first')),"
            " or fit a Ridge",
        )


def _apart(scores: Floats) -> Floats:
    """Return scores, or, of several classes, how far each is from what they have in common."""
    return scores - scores.mean(axis=1, keepdims=True) if scores.shape[1] > 1 else scores


def _refuse_overflowing(weights: Floats, bases: Floats, rows: Floats, step: Step) -> None:
    for output, base in zip(weights, bases, strict=True):
        sizes = np.abs(np.column_stack([rows * output, np.full(len(rows), base)]))
        sizes.sort(axis=1)
        # One term that is infinite is so in any order; two may be, or cancel, as their order has it.
        others = sizes[:, :-1].sum(axis=1)
        if (np.isinf(sizes.sum(axis=1)) & (others > sys.float_info.max * NEGLIGIBLE)).any():
            step.refuse(
                f"a linear estimator with weights up to {np.abs(output).max():.3g}, whose sum may overflow,",
                "state minimum and maximum of its numbers in the signature, or scale them",
            )
