from __future__ import annotations

import pytest

from bench.rows import Budget, alone, broken, compared
from bench.spread import Spread


def test_the_ratio_is_of_each_round() -> None:
    """The medians of both may come from other rounds than the median of the ratios."""
    row = compared("x", "ms", [2.0, 30.0, 4.0], [1.0, 10.0, 4.0])
    assert (row.ours, row.baseline, row.ratio, row.spread) == (4.0, 4.0, 2.0, Spread(2.0, 1.5, 2.5))


@pytest.mark.parametrize(("limit", "within"), [(1.99, False), (2.0, True), (2.01, True)])
def test_a_budget_of_the_ratio_includes_its_limit(limit: float, within: object) -> None:
    """Just at the limit is within it."""
    assert compared("x", "ms", [200.0], [100.0], Budget(limit, "ratio")).within is within


@pytest.mark.parametrize(("limit", "within"), [(9.9, False), (10.0, True)])
def test_a_budget_of_our_figure_ignores_the_spread(limit: float, within: object) -> None:
    """It binds the median."""
    assert alone("x", "ms", [1.0, 10.0, 100.0], Budget(limit, "ours")).within is within


def test_without_a_budget_nothing_is_promised() -> None:
    """A figure without a budget is neither within nor over."""
    assert alone("x", "ms", [1.0]).within is None


def test_a_ratio_budget_without_a_baseline_is_broken() -> None:
    """What was not compared cannot have kept the promise."""
    row = alone("x", "ms", [1.0], Budget(2.0, "ratio"))
    assert broken([row, alone("y", "ms", [1.0])]) == [row]
