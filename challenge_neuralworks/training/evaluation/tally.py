"""How often each distinct probability came with each class: all that the metrics depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from challenge_neuralworks.training.evaluation.calibration import BINS, equal_width_bins

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Counts(NamedTuple):
    """Rows of each class at each distinct probability, least first, each of shape (n_distinct,)."""

    negative: NDArray[np.float64]
    positive: NDArray[np.float64]


class Tally:
    """Rows sorted once, to be measured under many weights.

    Parameters
    ----------
    target : shape (n_rows,), 0 or 1.
    p : shape (n_rows,), probability of 1.
    threshold : rows are labelled 1 from this probability on.
    """

    def __init__(self, target: NDArray[np.int64], p: NDArray[np.float64], threshold: float) -> None:
        self.p, distinct = np.unique(p, return_inverse=True)
        self._cells = distinct.ravel() + len(self.p) * target
        self._first_labelled = int(np.searchsorted(self.p, threshold, side="left"))
        self._width_bins = equal_width_bins(self.p)
        # scikit-learn clips as well: the log of 0 would make one row outweigh all others.
        clipped = np.clip(self.p, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
        self._logs = -np.log1p(-clipped), -np.log(clipped)

    def counts(self, weights: NDArray[np.integer] | None = None) -> Counts:
        """Return the counts where row i stands for ``weights[i]`` rows; for one, without weights."""
        size = 2 * len(self.p)
        found = np.bincount(self._cells, weights=weights, minlength=size).astype(np.float64)
        return Counts(found[: len(self.p)], found[len(self.p) :])

    def auc(self, counts: Counts) -> float:
        """Return the area under the ROC curve; NaN where a class has no row."""
        negative, positive = counts
        below = np.cumsum(negative) - negative / 2
        return _ratio(float(positive @ below), float(positive.sum() * negative.sum()))

    def gap(self, counts: Counts) -> float:
        """Return the mean probability less the share observed; NaN without rows."""
        negative, positive = counts
        rows = negative + positive
        return _ratio(float(rows @ self.p - positive.sum()), float(rows.sum()))

    def measure(self, counts: Counts) -> dict[str, float]:
        """Return what `metrics.measure` returns of the rows themselves; NaN stands for None."""
        negative, positive = counts
        rows = negative + positive
        total, ones = float(rows.sum()), float(positive.sum())
        return {
            "auc": self.auc(counts),
            "average_precision": _average_precision(rows, positive),
            "brier": _ratio(float(negative @ self.p**2 + positive @ (1 - self.p) ** 2), total),
            "log_loss": _ratio(float(negative @ self._logs[0] + positive @ self._logs[1]), total),
            "ece": self._calibration_error(rows, positive, self._width_bins),
            "ece_equal_mass": self._calibration_error(rows, positive, _mass_bins(rows)),
            **self._labels(counts),
            "base_rate": _ratio(ones, total),
            "mean_p": _ratio(float(rows @ self.p), total),
        }

    def _labels(self, counts: Counts) -> dict[str, float]:
        first, (negative, positive) = self._first_labelled, counts
        found, false = float(positive[first:].sum()), float(negative[first:].sum())
        ones, total = float(positive.sum()), float(positive.sum() + negative.sum())
        return {
            "accuracy": _ratio(found + float(negative[:first].sum()), total),
            "recall": _ratio(found, ones),
            "precision": found / (found + false) if found else 0.0,
            "f1": _ratio(2 * found, found + false + ones) if ones else float("nan"),
        }

    def _calibration_error(
        self, rows: NDArray[np.float64], positive: NDArray[np.float64], bins: NDArray[np.int64]
    ) -> float:
        gaps = np.bincount(bins, weights=rows * self.p - positive, minlength=BINS)
        return _ratio(float(np.abs(gaps).sum()), float(rows.sum()))


def _mass_bins(rows: NDArray[np.float64]) -> NDArray[np.int64]:
    total, before = rows.sum(), np.cumsum(rows) - rows
    # A probability of weight 0 after the last row would fall beyond the last bin.
    bins: NDArray[np.int64] = np.minimum(before * BINS // total, BINS - 1).astype(np.int64)
    return bins


def _average_precision(rows: NDArray[np.float64], positive: NDArray[np.float64]) -> float:
    labelled, found = (np.cumsum(part[::-1])[::-1] for part in (rows, positive))
    # Above the largest drawn probability nothing is labelled, and nothing is found there either.
    precision = found / np.maximum(labelled, 1.0)
    return _ratio(float(positive @ precision), float(positive.sum()))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
