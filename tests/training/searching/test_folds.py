"""Folds: no row on both sides, both classes on either, and in order of time where that is asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.datasets import Examples
from challenge_neuralworks.training.searching.folds import by_months, stratified

TARGET = [int(number % 4 == 0) for number in range(120)]
ROWS: list[Row] = [{"a": number} for number in range(120)]


def _monthly(target: list[int] = TARGET) -> Examples:
    # Ten rows a month, those of one month not side by side.
    months = [number % 12 + 1 for number in range(len(target))]
    return Examples(ROWS[: len(target)], target, pd.Series([pd.Timestamp(2017, month, 1) for month in months]))


def test_each_row_is_asked_about_once_and_never_fitted_on_in_that_fold() -> None:
    """The test sides of random folds are a partition; each holds the share of both classes."""
    folds = stratified(3).make(Examples(ROWS, TARGET), 5)
    assert sorted(row for fold in folds for row in fold.test) == list(range(120))
    for fold in folds:
        assert sorted([*fold.fit, *fold.test]) == list(range(120))
        assert np.take(TARGET, fold.test).mean() == 0.25


def test_the_seed_decides_which_rows_are_in_a_fold() -> None:
    """The same seed makes the same folds, another one others."""
    made = [[fold.test.tolist() for fold in stratified(3).make(Examples(ROWS, TARGET), seed)] for seed in (1, 1, 2)]
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_folds_by_month_fit_on_what_was_and_ask_about_what_came() -> None:
    """All months before the origin on one side, it and the next on the other, whatever the seed."""
    examples = _monthly([int(number % 7 == 0) for number in range(120)])
    assert examples.moments is not None
    months = examples.moments.dt.month.to_numpy()
    folds = by_months(5, 7, 12).make(examples, 1)
    assert [sorted(set(months[fold.fit])) for fold in folds] == [[*range(1, 5)], [*range(1, 7)], [*range(1, 12)]]
    assert [sorted(set(months[fold.test])) for fold in folds] == [[5, 6], [7, 8], [12]]
    again = by_months(5, 7, 12).make(examples, 2)
    assert all(np.array_equal(one.fit, two.fit) for one, two in zip(folds, again, strict=True))


def test_a_fold_of_one_class_is_left_out() -> None:
    """Nothing can be ranked where every row is of one class; a month without rows makes no fold either."""
    # Rows of class 1 in months 1 and 9 alone.
    target = [int(number % 12 in {0, 8}) for number in range(120)]
    (fold,) = by_months(5, 9).make(_monthly(target), 1)
    assert len(fold.fit) == 80
    assert by_months(1, 13).make(_monthly(target), 1) == []


def test_rows_that_do_not_say_when_have_no_months() -> None:
    """An error, and no silent folds at random."""
    with pytest.raises(DataError, match="need to know when each row was"):
        by_months(5).make(Examples(ROWS, TARGET), 1)


def test_folds_say_what_they_are() -> None:
    """In words, for the report."""
    assert stratified(4).about == "4 folds at random"
    expected = "2 folds in order of time: fitted on the months before 5, 9, tested on the two that follow"
    assert by_months(5, 9).about == expected
