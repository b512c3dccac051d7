"""The curves, on rows of which every point can be written down, and beside scikit-learn's areas."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc, average_precision_score, roc_auc_score

from challenge_neuralworks.training.evaluation.curves import precision_recall_points, roc_points, threshold_sweep
from challenge_neuralworks.training.thresholds import cut

TARGET = np.array([0, 1, 0, 1])
P = np.array([0.1, 0.3, 0.6, 0.8])


@pytest.fixture(scope="module")
def many() -> tuple[np.ndarray, np.ndarray]:
    """Return 5,000 rows whose classes were drawn by their probabilities."""
    draw = np.random.default_rng(2)
    p = np.round(draw.random(5_000), 2)
    return (draw.random(5_000) < p).astype(np.int64), p


def test_the_roc_curve_by_hand() -> None:
    """Half of the 1s are found before the first 0, the other half before the second."""
    points = {point["false_positive_rate"]: point["true_positive_rate"] for point in roc_points(TARGET, P)}
    assert len(points) == 101
    assert points[0.0] == 0.5
    assert points[0.49] == pytest.approx(0.5)
    assert points[0.5] == points[1.0] == 1.0


def test_the_area_below_the_points_is_the_auc(many: tuple[np.ndarray, np.ndarray]) -> None:
    """A hundred steps are enough for a chart."""
    points = roc_points(*many)
    rates = ([point[name] for point in points] for name in ("false_positive_rate", "true_positive_rate"))
    assert auc(*rates) == pytest.approx(roc_auc_score(*many), abs=0.001)


def test_precision_is_that_of_the_highest_threshold_that_finds_enough() -> None:
    """Up to half of the 1s are found at precision 1, the rest when three rows are labelled."""
    points = {point["recall"]: point["precision"] for point in precision_recall_points(TARGET, P)}
    assert len(points) == 100
    assert points[0.01] == points[0.5] == 1.0
    assert points[0.51] == points[1.0] == pytest.approx(2 / 3)


def test_the_mean_precision_is_the_average_precision(many: tuple[np.ndarray, np.ndarray]) -> None:
    """Evenly spaced recalls weigh it as scikit-learn does."""
    mean = np.mean([point["precision"] for point in precision_recall_points(*many)])
    assert mean == pytest.approx(average_precision_score(*many), abs=0.005)


def test_the_sweep_is_a_cut_at_each_threshold(many: tuple[np.ndarray, np.ndarray]) -> None:
    """With probabilities on the thresholds themselves, the same rows are labelled."""
    target, p = many
    for line in threshold_sweep(target, p)[:-1]:
        found = cut(target, p, line["threshold"])
        assert (line["recall"], line["precision"], line["f1"]) == pytest.approx(found[1:])
        assert line["labelled"] == pytest.approx((p >= line["threshold"]).mean())


def test_precision_ends_where_nothing_is_labelled() -> None:
    """None is not 0: nothing was labelled wrongly either."""
    above = threshold_sweep(TARGET, P)[81:]
    assert {line["precision"] for line in above} == {None}
    assert {line["recall"] for line in above} == {line["f1"] for line in above} == {0.0}
