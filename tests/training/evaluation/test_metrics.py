"""The metrics: hand-computed values, and None where the classes leave one undefined."""

from __future__ import annotations

import math

import pytest

from challenge_neuralworks.errors import ShapeError
from challenge_neuralworks.training.evaluation.metrics import METRICS, SHORT_NAMES, measure, scores
from challenge_neuralworks.training.evaluation.scoring import SCORINGS

TARGET = [0, 1, 0, 1]
P = [0.1, 0.3, 0.6, 0.8]


def test_each_metric_is_what_it_is_by_hand() -> None:
    """Four rows, of which every figure can be written down."""
    found = measure(TARGET, P, 0.5)
    assert list(found) == list(METRICS)
    assert found == pytest.approx(
        {
            # Of the four pairs of a 1 and a 0, only 0.3 and 0.6 are in the wrong order.
            "auc": 3 / 4,
            # The first 1 is found at precision 1, the second when three are labelled.
            "average_precision": (1 + 2 / 3) / 2,
            "brier": (0.01 + 0.49 + 0.36 + 0.04) / 4,
            "log_loss": -(math.log(0.9) + math.log(0.3) + math.log(0.4) + math.log(0.8)) / 4,
            # Every row has a bin of its own.
            "ece": (0.1 + 0.7 + 0.6 + 0.2) / 4,
            "ece_equal_mass": (0.1 + 0.7 + 0.6 + 0.2) / 4,
            "accuracy": 2 / 4,
            "recall": 1 / 2,
            "precision": 1 / 2,
            "f1": 1 / 2,
            "base_rate": 2 / 4,
            "mean_p": 1.8 / 4,
        }
    )


def test_scores_are_three_of_them() -> None:
    """What the manifest states is measured the same way."""
    found = measure(TARGET, P, 0.5)
    assert scores(TARGET, P) == {name: found[name] for name in ("auc", "brier", "log_loss")}


@pytest.mark.parametrize(
    ("target", "undefined"), [([0, 0], {"auc", "average_precision", "recall", "f1"}), ([1, 1], {"auc"})]
)
def test_rows_of_one_class_leave_some_undefined(target: list[int], undefined: set[str]) -> None:
    """What cannot be said is None, not 0 and not a warning."""
    found = measure(target, [0.2, 0.7], 0.5)
    assert {name for name, value in found.items() if value is None} == undefined
    assert found["precision"] == target[0]


@pytest.mark.parametrize(("target", "p"), [([0, 1], [0.5]), ([], []), ([[0, 1]], [[0.1, 0.2]])])
def test_lengths_that_differ_are_refused(target: list[int], p: list[float]) -> None:
    """Also rows that are none."""
    with pytest.raises(ShapeError, match="do not fit"):
        measure(target, p, 0.5)


def test_short_names_are_of_metrics() -> None:
    """No name is left over from a metric that is gone."""
    assert set(SHORT_NAMES) <= set(METRICS).union(*(one.metrics for one in SCORINGS.values()))
