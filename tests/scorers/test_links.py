"""Links: from raw scores to probabilities, with scipy's own values at either end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit

from challenge_neuralworks.scorers.links import LINKS, sigmoid

LAST = -709.782712893384
"""The least number whose sigmoid is not 0: beyond, its power overflows."""


@pytest.mark.parametrize(
    "log_odds",
    [LAST, math.nextafter(LAST, -math.inf), -709.0, -745.2, -1e300, -math.inf, math.inf, 1e300, 36.8, -36.8, 0.0, -0.0],
)
def test_a_sigmoid_ends_where_scipys_does(log_odds: float) -> None:
    """Exactly 0 from where exp(-x) overflows, although exp(x) is not 0 there yet; exactly 1 at the other end."""
    assert sigmoid(log_odds) == expit(log_odds)
    assert (sigmoid(log_odds) == 0.0) == (log_odds < LAST)


def test_a_sigmoid_is_scipys_in_between() -> None:
    """To the last digit or the one before it, over the whole range."""
    log_odds = np.concatenate([np.linspace(-750.0, 750.0, 20_001), np.linspace(-5.0, 5.0, 20_001)])
    found = np.array([sigmoid(value) for value in log_odds.tolist()])
    expected = expit(log_odds)
    assert np.abs(found - expected).max() <= 2.3e-16
    assert ((found == 0.0) == (expected == 0.0)).all()


def test_the_sigmoid_of_no_number_is_none() -> None:
    """NaN is answered, not hidden."""
    assert math.isnan(sigmoid(math.nan))


def test_classes_that_are_all_impossible_have_equal_shares() -> None:
    """One-vs-rest of three sigmoids that are 0, as scikit-learn has it; one that is not takes everything."""
    assert LINKS["one-vs-rest"]((-710.0, -720.0, -1e5)) == (1 / 3, 1 / 3, 1 / 3)
    assert LINKS["one-vs-rest"]((-710.0, -709.0, -1e5)) == (0.0, 1.0, 0.0)
