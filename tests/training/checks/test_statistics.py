"""Two-sample tests: as scipy computes them from rows, with an effect that does not grow with the rows."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from challenge_neuralworks.training.checks.statistics import chi_square, holm, kolmogorov_smirnov


@pytest.mark.parametrize(("shift", "rows"), [(0, 400), (1, 400), (3, 50), (0, 7)])
def test_kolmogorov_smirnov_is_scipy_s(shift: int, rows: int) -> None:
    """Counts of values give the D and the p that scipy computes from the rows, ties and all."""
    draw = random.Random(shift)
    ours = [draw.randrange(24) for _ in range(rows)]
    theirs = [draw.randrange(24) + shift for _ in range(3 * rows)]
    found = kolmogorov_smirnov(Counter(ours), Counter(theirs))
    expected = stats.ks_2samp(ours, theirs, method="asymp")
    assert found == pytest.approx((expected.pvalue, expected.statistic), rel=1e-12)


def test_d_is_the_largest_gap() -> None:
    """By hand: the cumulative shares are 1/2, 1 and 1/4, 1; the gap is 1/4, however many the rows."""
    assert kolmogorov_smirnov({0: 2, 1: 2}, {0: 1, 1: 3}).effect == 0.25
    assert kolmogorov_smirnov({0: 2_000, 1: 2_000}, {0: 1_000, 1: 3_000}).effect == 0.25


def test_chi_square_is_scipy_s() -> None:
    """With levels that are all frequent, p is that of the plain test of homogeneity."""
    ours, theirs = {"a": 40, "b": 30, "c": 30}, {"a": 50, "b": 60, "c": 90}
    expected = stats.chi2_contingency([[40, 30, 30], [50, 60, 90]], correction=False)
    assert chi_square(ours, theirs).p == pytest.approx(expected.pvalue, rel=1e-12)


def test_v_is_zero_for_chance_and_one_for_opposites() -> None:
    """Equal shares differ by nothing, disjoint samples as much as can be; a class turned round lies between."""
    assert chi_square({"a": 50, "b": 50}, {"a": 500, "b": 500}).effect == 0.0
    assert chi_square({"a": 100}, {"b": 100}).effect == pytest.approx(1.0, abs=0.01)
    # chi2 / n of [[80, 20], [20, 80]] is 0.36, of which 1/199 is bias.
    turned = chi_square({0: 80, 1: 20}, {0: 20, 1: 80}).effect
    assert turned == pytest.approx(((0.36 - 1 / 199) / (1 - 1 / 199)) ** 0.5, rel=1e-12)


def test_many_levels_are_no_effect() -> None:
    """Of 60 levels, two samples of one distribution differ by chance alone; the correction takes that away."""
    draw = random.Random(1)
    effects = [
        chi_square(*(Counter(draw.randrange(60) for _ in range(2_000)) for _ in range(2))).effect for _ in range(20)
    ]
    assert max(effects) < 0.1


def test_rare_levels_are_one_level() -> None:
    """Levels expected fewer than 5 times are pooled, so that a hundred rarities alarm nobody."""
    common = {"a": 500, "b": 500}
    ours = common | {f"x{number}": 1 for number in range(50)}
    theirs = common | {f"y{number}": 1 for number in range(50)}
    assert chi_square(ours, theirs).p == pytest.approx(1.0)
    # What stays too rare even together goes with the rarest of the others.
    assert chi_square(common | {"x": 1}, common) == chi_square({"a": 501, "b": 500}, common)


@pytest.mark.parametrize("test", [kolmogorov_smirnov, chi_square])
@pytest.mark.parametrize(("ours", "theirs"), [({}, {1: 5}), ({1: 5}, {}), ({}, {}), ({1: 9}, {1: 8})])
def test_without_rows_or_choice_nothing_differs(test: object, ours: dict[int, int], theirs: dict[int, int]) -> None:
    """An empty side and a single value are no evidence of anything."""
    assert test(ours, theirs) == (1.0, 0.0)  # type: ignore[operator]


def test_holm_by_hand() -> None:
    """The smallest p counts as many times as there are tests, the next once less, and none less than one before."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_holm_keeps_false_alarms_rare() -> None:
    """Of 2,000 sets of 9 tests without any effect, about 1 % have one below 0.01 once corrected; 9 % before."""
    draws = np.random.default_rng(0).uniform(size=(2_000, 9))
    assert (draws.min(axis=1) < 0.01).mean() == pytest.approx(0.086, abs=0.02)
    assert np.mean([min(holm(list(row))) < 0.01 for row in draws]) == pytest.approx(0.01, abs=0.006)
