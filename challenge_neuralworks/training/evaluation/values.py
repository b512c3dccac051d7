"""What predicted values are worth, as single numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

METRICS: Mapping[str, str] = {
    "r2": "Share of the target's variance that the model explains; 1 is perfect, 0 what its mean would do, and less is"
    " worse than that.",
    "rmse": "Root of the mean squared error, in the target's unit; 0 is perfect.",
    "mae": "Mean absolute error, in the target's unit; 0 is perfect.",
    "median_error": "Half of the rows have an absolute error of at most this.",
    "bias": "Mean prediction less mean target; 0 where the model is right on average.",
    "target_mean": "Mean of the target.",
    "target_sd": "Standard deviation of the target: the root mean squared error of always answering its mean.",
}
"""Each metric and what it says, in the order of the reports."""

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Of the rows, whose errors are at most the quantile that `error_quantiles` states."""


def measure(target: NDArray[np.float64], predicted: NDArray[np.float64]) -> dict[str, float | None]:
    """Return every one of `METRICS`; None where all targets are equal and it is undefined.

    Parameters
    ----------
    target, predicted : shape (n_rows,).
    """
    errors = predicted - target
    spread = float(((target - target.mean()) ** 2).mean())
    squared = float((errors**2).mean())
    return {
        "r2": 1 - squared / spread if spread else None,
        "rmse": squared**0.5,
        "mae": float(np.abs(errors).mean()),
        "median_error": float(np.median(np.abs(errors))),
        "bias": float(errors.mean()),
        "target_mean": float(target.mean()),
        "target_sd": spread**0.5,
    }


def error_quantiles(target: NDArray[np.float64], predicted: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return, for each of `SHARES`, what the error (prediction less target) is at most for that share of the rows."""
    found = np.quantile(predicted - target, SHARES)
    return [{"share": share, "error": float(error)} for share, error in zip(SHARES, found, strict=True)]
