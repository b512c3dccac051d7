"""The threshold: best F1 among those that find enough."""

from __future__ import annotations

import random

import pytest

from challenge_neuralworks.errors import ShapeError
from challenge_neuralworks.training.thresholds import RESERVE, Cut, Rule, choose_threshold, cut, most_accurate

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


def test_the_most_labels_that_are_right_win() -> None:
    """Seven of eight are right between 0.5 and 0.6 and between 0.3 and 0.4; what is nearest to 0.5 is chosen."""
    assert most_accurate(TARGET, P) == 0.501
    assert most_accurate([0, 0, 1], [0.1, 0.2, 0.9]) == 0.5
    # Whatever the classes: where one is all there is, nothing is labelled otherwise.
    assert most_accurate([0, 0], [0.7, 0.8]) == 0.801
    assert most_accurate([1, 1], [0.2, 0.3]) == 0.2


def test_no_threshold_labels_more_rows_right() -> None:
    """Tried one by one on predictions that overlap."""
    draw = random.Random(3)
    target = [draw.randrange(2) for _ in range(200)]
    p = [min(max(draw.gauss(0.4 + 0.2 * one, 0.2), 0.0), 1.0) for one in target]

    def right(threshold: float) -> int:
        return sum((value >= threshold) == bool(one) for one, value in zip(target, p, strict=True))

    assert right(most_accurate(target, p)) == max(right(step / 1000) for step in range(1, 1000))


def test_a_rule_is_one_of_the_two_and_says_which() -> None:
    """With a wanted recall it is the F1's, without one the accuracy's; the sentence is for the card."""
    assert Rule(0.5).choose(TARGET, P) == choose_threshold(TARGET, P, 0.5)
    assert Rule(None).choose(TARGET, P) == most_accurate(TARGET, P)
    assert "a share of 0.5 is wanted, and 0.03 more" in Rule(0.5).sentence
    assert Rule(None).sentence == "The threshold is the one that gets the most labels right."
