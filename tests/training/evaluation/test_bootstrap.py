"""The bootstrap: its fast metrics are scikit-learn's, and its intervals hold what they should."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from challenge_neuralworks.training.evaluation.bootstrap import _interval, draw_weights, intervals
from challenge_neuralworks.training.evaluation.metrics import METRICS, measure
from challenge_neuralworks.training.evaluation.tally import Tally

if TYPE_CHECKING:
    from numpy.typing import NDArray


def drawn(rows: int, seed: int, places: int = 6) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return classes drawn by probabilities of so many decimal places; few of them make many ties."""
    draw = np.random.default_rng(seed)
    p = np.round(draw.beta(1.5, 5, rows), places)
    return (draw.random(rows) < p).astype(np.int64), p


@pytest.mark.parametrize("places", [1, 2, 6])
@pytest.mark.parametrize("seed", range(8))
def test_a_tally_measures_what_the_rows_drawn_again_would(seed: int, places: int) -> None:
    """Metric by metric, with ties and without: the same as repeating each row as often as it was drawn."""
    target, p = drawn(400, seed, places)
    tally = Tally(target, p, 0.3)
    for weights in draw_weights(400, 3, seed):
        fast = tally.measure(tally.counts(weights))
        assert list(fast) == list(METRICS)
        assert fast == pytest.approx(measure(np.repeat(target, weights), np.repeat(p, weights), 0.3), abs=1e-12)


def test_a_tally_without_weights_measures_the_rows() -> None:
    """Also at probabilities of exactly 0 and 1, where scikit-learn clips, and at the threshold itself."""
    target, p = np.array([0, 1, 1, 0, 1]), np.array([0.0, 1.0, 0.3, 0.3, 0.0])
    tally = Tally(target, p, 0.3)
    assert tally.measure(tally.counts()) == pytest.approx(measure(target, p, 0.3), abs=1e-12)
    assert tally.gap(tally.counts()) == pytest.approx(1.6 / 5 - 3 / 5)


@pytest.mark.parametrize("label", [0, 1])
def test_a_tally_of_one_class_is_undefined_where_the_metrics_are(label: int) -> None:
    """NaN stands for None."""
    target, p = np.full(5, label), np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    tally, exact = Tally(target, p, 0.3), measure(target, p, 0.3)
    fast = tally.measure(tally.counts())
    assert {name: None if math.isnan(value) else pytest.approx(value) for name, value in fast.items()} == exact


def test_each_resample_has_as_many_rows() -> None:
    """Rows are drawn with replacement: some more than once, a third of them not at all."""
    weights = draw_weights(1_000, 20, 3)
    assert weights.shape == (20, 1_000)
    assert set(weights.sum(axis=1)) == {1_000}
    assert np.mean(weights == 0) == pytest.approx(np.exp(-1), abs=0.02)


def test_rows_of_a_group_are_drawn_together() -> None:
    """However far apart they stand."""
    weights = draw_weights(6, 50, 1, ["a", "b", "a", "c", "b", "a"])
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, 0] == weights[:, 5]).all()
    assert (weights[:, 1] == weights[:, 4]).all()
    assert set(weights[:, [0, 1, 3]].sum(axis=1)) == {3}


def test_the_seed_decides() -> None:
    """The same one draws the same rows."""
    assert (draw_weights(100, 5, 1) == draw_weights(100, 5, 1)).all()
    assert (draw_weights(100, 5, 1) != draw_weights(100, 5, 2)).any()


def test_intervals_hold_the_value_as_often_as_they_say() -> None:
    """Of 60 samples, about 95 in 100 have the true rate inside; its width is that of the textbook."""
    held = 0
    for seed in range(60):
        target, p = drawn(300, seed)
        found = intervals(target, p, 0.3, draw_weights(300, 200, seed))
        base_rate = found["base_rate"]
        assert base_rate is not None
        # 1.5 / 6.5 is the mean of the beta distribution that p is drawn from.
        held += base_rate.low <= 1.5 / 6.5 <= base_rate.high
        textbook = 2 * 1.96 * math.sqrt(target.mean() * (1 - target.mean()) / 300)
        assert base_rate.high - base_rate.low == pytest.approx(textbook, rel=0.3)
    assert 52 <= held <= 60


def test_an_interval_leaves_out_as_much_on_either_side() -> None:
    """Of 0 to 100, the middle 95; what is not defined does not count."""
    assert _interval(np.array([np.nan, *range(101)])) == pytest.approx((2.5, 97.5))


def test_rows_that_go_together_say_less() -> None:
    """Ten copies of each row, drawn together, are no more evidence than the rows themselves."""
    target, p = (np.repeat(part, 10) for part in drawn(200, 1))
    alone = intervals(target, p, 0.3, draw_weights(2_000, 200, 1))["auc"]
    together = intervals(target, p, 0.3, draw_weights(2_000, 200, 1, np.repeat(np.arange(200), 10).tolist()))["auc"]
    assert alone is not None
    assert together is not None
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_what_no_resample_defines_has_no_interval() -> None:
    """Rows of one class have no AUC, drawn again or not."""
    found = intervals([0, 0, 0], [0.1, 0.2, 0.3], 0.5, draw_weights(3, 20, 1))
    assert {name for name, span in found.items() if span is None} == {"auc", "average_precision", "recall", "f1"}
