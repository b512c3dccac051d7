"""Whether probabilities are what they say: bins of rows, the mean probability of each beside the share observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10


def equal_width_bins(p: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the bin of each probability, shape (n_rows,): 0 holds [0, 0.1), the last one [0.9, 1]."""
    return np.minimum((p * BINS).astype(np.int64), BINS - 1)


def equal_mass_bins(p: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the bin of each probability, shape (n_rows,), so that bins hold about equally many rows.

    Equal probabilities share a bin, that of the first of them: which row comes first in the file decides nothing.
    """
    lower = np.searchsorted(np.sort(p), p, side="left")
    bins: NDArray[np.int64] = lower * BINS // len(p)
    return bins


def calibration_error(target: NDArray[np.int64], p: NDArray[np.float64], bins: NDArray[np.int64]) -> float:
    """Return the mean over rows of the distance between mean probability and share observed of the row's bin.

    Source: Naeini, Cooper, Hauskrecht (2015), AAAI 29, there over bins of equal width.
    """
    gaps = np.bincount(bins, weights=p - target, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))


def reliability(target: NDArray[np.int64], p: NDArray[np.float64], bins: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return, for each bin that holds rows: least and largest p, mean p, the share observed, and the rows."""
    table = []
    for number in np.unique(bins):
        inside = bins == number
        table.append(
            {
                "bin": int(number) + 1,
                "least_p": float(p[inside].min()),
                "largest_p": float(p[inside].max()),
                "mean_p": float(p[inside].mean()),
                "observed": float(target[inside].mean()),
                "rows": int(inside.sum()),
            }
        )
    return table
