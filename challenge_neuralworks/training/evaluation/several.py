"""What probabilities of three classes or more are worth, as single numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.evaluation.calibration import calibration_error, equal_width_bins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

METRICS: Mapping[str, str] = {
    "auc": "Area under the ROC curve of each class against all others, averaged over the classes; 1 is perfect, 0.5"
    " chance.",
    "accuracy": "Share of rows whose likeliest class is the right one.",
    "balanced_accuracy": "Share of the rows of a class that are labelled so, averaged over the classes.",
    "f1": "Harmonic mean of recall and precision of each class, averaged over the classes.",
    "log_loss": "Mean negative log-likelihood, natural logarithm; 0 is perfect.",
    "brier": "Mean over rows of the squared errors of all probabilities, summed; 0 is perfect, 2 the worst.",
    "ece": "Expected calibration error over ten bins of equal width: mean distance between the probability of the"
    " likeliest class and the share of rows where it is right; 0 is perfect.",
    "base_rate": "Share of the rows that are of the most frequent class.",
}
"""Each metric and what it says, in the order of the reports."""


def measure(target: NDArray[np.int64], p: NDArray[np.float64]) -> dict[str, float | None]:
    """Return every one of `METRICS`; None where the rows' classes leave it undefined.

    Parameters
    ----------
    target : shape (n_rows,), positions of classes.
    p : shape (n_rows, n_classes), probabilities.
    """
    labels, true = p.argmax(axis=1), np.eye(p.shape[1])[target]
    recalls, f1s = _of_classes(target, labels)
    likeliest, right = p.max(axis=1), (labels == target).astype(np.int64)
    own = np.clip(p[np.arange(len(target)), target], np.finfo(np.float64).eps, 1.0)
    return {
        "auc": auc(target, p),
        "accuracy": float(right.mean()),
        "balanced_accuracy": float(np.mean(recalls)),
        "f1": float(np.mean(f1s)),
        "log_loss": float(-np.log(own).mean()),
        "brier": float(((p - true) ** 2).sum(axis=1).mean()),
        "ece": calibration_error(right, likeliest, equal_width_bins(likeliest)),
        "base_rate": float(np.bincount(target).max() / len(target)),
    }


def auc(target: NDArray[np.int64], p: NDArray[np.float64]) -> float | None:
    """Return the mean area under the ROC curve of each class that some rows are of, and some are not."""
    counts = np.bincount(target, minlength=p.shape[1])
    found = [_area(target == code, p[:, code]) for code in np.flatnonzero((counts > 0) & (counts < len(target)))]
    return float(np.mean(found)) if found else None


def _area(own: NDArray[np.bool_], p: NDArray[np.float64]) -> float:
    # By ranks, as Mann and Whitney count pairs: resamples ask for it hundreds of times.
    ones, zeros = np.sort(p[own]), p[~own]
    below = np.searchsorted(ones, zeros, side="left") + np.searchsorted(ones, zeros, side="right")
    return 1 - float(below.sum()) / (2 * len(ones) * len(zeros))


def confusion(target: NDArray[np.int64], p: NDArray[np.float64]) -> list[list[int]]:
    """Return how many rows of each class, one line a class, were labelled as each class."""
    labels, size = p.argmax(axis=1), p.shape[1]
    counts: Any = np.bincount(target * size + labels, minlength=size * size).reshape(size, size)
    table: list[list[int]] = counts.tolist()
    return table


def _of_classes(target: NDArray[np.int64], labels: NDArray[np.int64]) -> tuple[list[float], list[float]]:
    recalls, f1s = [], []
    for code in np.unique(target):
        found, own = int(((labels == code) & (target == code)).sum()), int((target == code).sum())
        recalls.append(found / own)
        f1s.append(2 * found / (own + int((labels == code).sum())))
    return recalls, f1s
