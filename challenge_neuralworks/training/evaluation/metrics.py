"""What predictions are worth, as single numbers; scikit-learn's own where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import accuracy_score, average_precision_score, brier_score_loss, log_loss, roc_auc_score

from challenge_neuralworks.errors import ShapeError
from challenge_neuralworks.training.evaluation.calibration import calibration_error, equal_mass_bins, equal_width_bins
from challenge_neuralworks.training.thresholds import cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

METRICS: Mapping[str, str] = {
    "auc": "Area under the ROC curve: the chance that a row of class 1 has a higher probability than one of class 0;"
    " 1 is perfect, 0.5 chance.",
    "average_precision": "Precision, averaged over the recall gained at each threshold; 1 is perfect, the base rate"
    " chance.",
    "brier": "Mean squared error of the probabilities; 0 is perfect.",
    "log_loss": "Mean negative log-likelihood, natural logarithm; 0 is perfect.",
    "ece": "Expected calibration error over ten bins of equal width: mean distance between the mean probability and the"
    " share observed of each bin, weighted by its rows; 0 is perfect. The gate uses this one.",
    "ece_equal_mass": "The same over ten bins of about equally many rows.",
    "accuracy": "Share of labels that are right, at the threshold.",
    "recall": "Share of the rows of class 1 that are labelled 1, at the threshold.",
    "precision": "Share of the rows labelled 1 that are of class 1, at the threshold; 0 where none is.",
    "f1": "Harmonic mean of recall and precision.",
    "base_rate": "Share of the rows that are of class 1.",
    "mean_p": "Mean probability of class 1; the base rate where the model is right on average.",
}
"""Each metric and what it says, in the order of the reports."""

SHORT_NAMES: Mapping[str, str] = {
    "auc": "AUC",
    "brier": "Brier score",
    "ece": "ECE",
    "ece_equal_mass": "ECE, equal mass",
    "f1": "F1",
    "r2": "R2",
    "rmse": "RMSE",
    "mae": "MAE",
}
"""What people call a metric, where it is not its name without underscores."""


def measure(target: ArrayLike, p: ArrayLike, threshold: float) -> dict[str, float | None]:
    """Return every one of `METRICS`; None where the rows' classes leave it undefined.

    Parameters
    ----------
    target : shape (n_rows,), 0 or 1.
    p : shape (n_rows,), probability of 1.
    threshold : rows are labelled 1 from this probability on.

    Raises
    ------
    ShapeError : the lengths differ or are 0.
    """
    truth, proba = checked(target, p)
    both, positive = 0 < truth.sum() < len(truth), bool(truth.any())
    found = cut(truth, proba, threshold) if positive else None
    return {
        "auc": float(roc_auc_score(truth, proba)) if both else None,
        "average_precision": float(average_precision_score(truth, proba)) if positive else None,
        "brier": float(brier_score_loss(truth, proba, pos_label=1)),
        "log_loss": float(log_loss(truth, proba, labels=[0, 1])),
        "ece": calibration_error(truth, proba, equal_width_bins(proba)),
        "ece_equal_mass": calibration_error(truth, proba, equal_mass_bins(proba)),
        "accuracy": float(accuracy_score(truth, (proba >= threshold).astype(np.int64))),
        "recall": found.recall if found else None,
        "precision": found.precision if found else 0.0,
        "f1": found.f1 if found else None,
        "base_rate": float(truth.mean()),
        "mean_p": float(proba.mean()),
    }


def scores(target: ArrayLike, p: ArrayLike) -> dict[str, float]:
    """Return AUC (1 is perfect, 0.5 chance), Brier score and log loss (0 is perfect) of probabilities."""
    return {
        "auc": float(roc_auc_score(target, p)),
        "brier": float(brier_score_loss(target, p)),
        "log_loss": float(log_loss(target, p)),
    }


def checked(target: ArrayLike, p: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return targets and probabilities as arrays of one length.

    Raises
    ------
    ShapeError : the lengths differ or are 0.
    """
    truth, proba = np.asarray(target, dtype=np.int64), np.asarray(p, dtype=np.float64)
    if truth.shape != proba.shape or truth.ndim != 1 or not len(truth):
        raise ShapeError(f"targets of shape {truth.shape} do not fit probabilities of shape {proba.shape}, or are none")
    return truth, proba
