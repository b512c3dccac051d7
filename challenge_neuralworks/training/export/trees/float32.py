"""scikit-learn's trees see float32: their thresholds as the float64 that decide the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.trees.ensemble import Inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

OVERFLOW = 2.0**128 - 2.0**103
"""From here on a float64 becomes an infinite float32, which scikit-learn refuses with an error."""

LARGEST = float(np.nextafter(OVERFLOW, 0.0))


def float32_inputs(*, missing: bool) -> Inputs:
    """Return what an estimator takes that turns its inputs into float32."""
    return Inputs(LARGEST, missing)


def widened(thresholds: Any) -> NDArray[np.float64]:
    """Return, for each threshold, the greatest float64 x for which ``float32(x) <= threshold``."""
    exact = np.asarray(thresholds, dtype=np.float64)
    with np.errstate(over="ignore", under="ignore"):
        below = exact.astype(np.float32)
        below = np.where(below.astype(np.float64) > exact, np.nextafter(below, np.float32(-np.inf)), below)
        above = np.nextafter(below, np.float32(np.inf))
    # The midpoint of two neighbours is a float64, and rounds to the one whose last bit is 0.
    middle = (below.astype(np.float64) + above.astype(np.float64)) / 2.0
    even = (below.view(np.uint32) & 1) == 0
    result = np.where(even, middle, np.nextafter(middle, -np.inf))
    return np.where(np.isfinite(middle), result, np.where(below == np.float32(-np.inf), -np.inf, np.inf))
