"""A threshold on float32 and its float64 twin decide the same way, for every float64."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from challenge_neuralworks.training.export.trees.float32 import LARGEST, OVERFLOW, widened

numbers = st.one_of(
    st.floats(min_value=-LARGEST, max_value=LARGEST),
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.floats(min_value=-1e-37, max_value=1e-37),
)


@settings(max_examples=600, deadline=None)
@given(numbers, numbers)
@example(0.0, 0.0)
@example(-0.0, 7e-46)
@example(1.0, 1.0 + 2.0**-24)
@example(1.0 + 2.0**-23, 1.0 + 3 * 2.0**-24)
@example(float(np.finfo(np.float32).max), LARGEST)
@example(-float(np.finfo(np.float32).max), -LARGEST)
@example(1e300, LARGEST)
@example(-1e300, -LARGEST)
def test_the_decision_is_that_of_float32(threshold: float, number: float) -> None:
    """Also right at the twin, at its neighbours, and at the neighbours of the threshold."""
    (twin,) = widened([threshold])
    near = np.array([number, twin, threshold], dtype=np.float64)
    near = near[np.abs(near) <= LARGEST]
    tried = np.concatenate([near, np.nextafter(near, -np.inf), np.nextafter(near, np.inf), near.astype(np.float32)])
    tried = tried[np.abs(tried) <= LARGEST]
    np.testing.assert_array_equal(tried <= twin, tried.astype(np.float32).astype(np.float64) <= threshold)


def test_the_largest_number_is_the_last_that_float32_holds() -> None:
    """One float64 further, scikit-learn would see infinity."""
    with np.errstate(over="ignore"):
        assert np.isfinite(np.float32(LARGEST))
        assert np.isinf(np.float32(OVERFLOW))
    assert np.nextafter(LARGEST, np.inf) == OVERFLOW
