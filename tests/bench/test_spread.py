from __future__ import annotations

import numpy as np
import pytest

from bench.spread import Spread, percentile, ratios, spread_of


def test_the_spread_is_median_and_quartiles() -> None:
    """Half of the values lie between the quartiles; order does not matter."""
    assert spread_of([5.0, 1.0, 3.0, 2.0, 4.0]) == Spread(3.0, 2.0, 4.0)
    assert spread_of([1.0, 2.0, 3.0, 4.0]) == Spread(2.5, 1.75, 3.25)


def test_one_value_is_its_own_spread() -> None:
    """A single round has no width."""
    assert spread_of([7.0]) == Spread(7.0, 7.0, 7.0)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.25, 0.5, 0.99, 1.0])
def test_percentiles_are_numpys(share: float) -> None:
    """The definition is the one that numpy defaults to."""
    values = list(np.random.default_rng(1).normal(size=101))
    assert percentile(values, share) == pytest.approx(float(np.quantile(values, share)), abs=1e-12)


def test_nothing_has_no_spread() -> None:
    """A measurement without rounds is an error, not a zero."""
    with pytest.raises(ValueError, match="one value"):
        spread_of([])


def test_ratios_pair_the_rounds() -> None:
    """A slow moment that hits both handlers of a round leaves the ratio alone; a missing round is an error."""
    assert ratios([2.0, 20.0], [1.0, 10.0]) == [2.0, 2.0]
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])
