"""What every threshold would give: ROC curve, precision-recall curve, and a sweep; thinned to what a chart shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = 100
"""Points of a curve, less one."""


def roc_points(target: NDArray[np.int64], p: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return the true positive rate at evenly spaced false positive rates; both classes must occur."""
    false, true, _ = roc_curve(target, p)
    grid = np.linspace(0, 1, STEPS + 1)
    # The last point at or left of each: where the curve rises straight up, its upper end.
    left = np.searchsorted(false, grid, side="right") - 1
    right = np.minimum(left + 1, len(false) - 1)
    run = np.where(right > left, false[right] - false[left], 1.0)
    rates = true[left] + (true[right] - true[left]) * (grid - false[left]) / run
    return [{"false_positive_rate": float(x), "true_positive_rate": float(y)} for x, y in zip(grid, rates, strict=True)]


def precision_recall_points(target: NDArray[np.int64], p: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return the precision at the highest threshold that finds at least so much; class 1 must occur."""
    precision, recall, _ = precision_recall_curve(target, p)
    grid = np.linspace(1 / STEPS, 1, STEPS)
    # Recall falls along scikit-learn's curve; the tolerance forgives 0.07 for being computed as 7 / 100.
    chosen = len(recall) - 1 - np.searchsorted(recall[::-1], grid - 1e-12, side="left")
    return [{"recall": float(x), "precision": float(precision[at])} for x, at in zip(grid, chosen, strict=True)]


def threshold_sweep(target: NDArray[np.int64], p: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return recall, precision, F1 and the share labelled 1 at evenly spaced thresholds; class 1 must occur.

    Precision is None where nothing is labelled 1: a curve that ends says more than one that drops to 0.
    """
    ordered, ones = np.sort(p), np.sort(p[target == 1])
    table: list[dict[str, Any]] = []
    for threshold in np.round(np.linspace(0, 1, STEPS + 1), 6):
        labelled = len(p) - int(np.searchsorted(ordered, threshold, side="left"))
        found = len(ones) - int(np.searchsorted(ones, threshold, side="left"))
        table.append(
            {
                "threshold": float(threshold),
                "recall": found / len(ones),
                "precision": found / labelled if labelled else None,
                "f1": 2 * found / (labelled + len(ones)),
                "labelled": labelled / len(p),
            }
        )
    return table
