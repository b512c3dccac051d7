"""The threshold: best F1 among those that find enough."""

from __future__ import annotations

import pytest

from challenge_neuralworks.errors import ShapeError
from challenge_neuralworks.training.thresholds import RESERVE, Cut, choose_threshold, cut

TARGET = [0, 0, 0, 0, 1, 0, 1, 1]
P = [0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70]


def test_a_cut_counts_what_it_finds() -> None:
    """From 0.5 on, three are answered 1, two of them rightly, and one of three is missed."""
    assert tuple(cut(TARGET, P, 0.5)) == pytest.approx((0.5, 2 / 3, 2 / 3, 2 / 3))


def test_a_probability_at_the_threshold_is_of_the_second_class() -> None:
    """The same side of the edge as in `Model.label`."""
    assert cut(TARGET, P, 0.7).recall == 1 / 3
    assert cut(TARGET, P, 0.701) == Cut(0.701, 0.0, 0.0, 0.0)


def test_the_best_f1_wins_where_enough_is_found() -> None:
    """0.4 finds all three with one false alarm (F1 6/7); nothing above it is better and nothing below it."""
    threshold = choose_threshold(TARGET, P, wanted_recall=0.5)
    assert 0.3 < threshold <= 0.4
    assert cut(TARGET, P, threshold).f1 == pytest.approx(6 / 7)


def test_recall_comes_before_f1() -> None:
    """A threshold that finds too little is out, however good its F1."""
    target, p = [1, 0, 0, 0, 0, 0, 0, 0, 1, 1], [0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.8, 0.9]
    assert 0.2 < choose_threshold(target, p, wanted_recall=0.6) <= 0.8
    assert choose_threshold(target, p, wanted_recall=0.7 - RESERVE) <= 0.1


def test_targets_without_the_second_class_have_no_recall() -> None:
    """Zero of zero is no share."""
    with pytest.raises(ShapeError, match="2 targets, 0 of them 1"):
        cut([0, 0], [0.1, 0.2], 0.5)
    with pytest.raises(ShapeError, match="do not fit 1 predictions"):
        cut([0, 1], [0.1], 0.5)
