"""Splits: no row on both sides, and the later one only where the rows say when."""

from __future__ import annotations

import numpy as np
import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.datasets import Examples
from challenge_neuralworks.training.evaluation import evaluate, measure, out_of_fold, scores, splits, try_recipe
from challenge_neuralworks.training.frames import feature_rows, frame
from tests.training.evaluating import RECIPE


def test_no_row_is_on_both_sides(flights: Examples) -> None:
    """Every row is on one; of the later split, the months decide."""
    random, later = splits(flights, RECIPE)
    assert (random.name, later.name) == ("random_split", "time_ordered_split")
    for split in (random, later):
        assert sorted([*split.fit, *split.test]) == list(range(len(flights.rows)))
    assert flights.moments is not None
    months = flights.moments.dt.month.to_numpy()
    assert (months[later.fit].max(), months[later.test].min()) == (10, 11)


def test_rows_that_do_not_say_when_are_split_at_random_only(flights: Examples) -> None:
    """There is no later."""
    (split,) = splits(flights._replace(moments=None), RECIPE)
    assert split.name == "random_split"
    assert split.test.tolist() == splits(flights, RECIPE)[0].test.tolist()


def test_an_evaluation_fits_on_one_side_and_measures_on_the_other(flights: Examples) -> None:
    """Figures are those of a pipeline fitted by hand."""
    features, target = frame(feature_rows(Delay, flights.rows)), np.array(flights.target)
    split = splits(flights, RECIPE)[1]
    found = evaluate(RECIPE, features, target, split, seed=1)
    fitted = RECIPE.pipeline(1).fit(features.iloc[split.fit], target[split.fit])
    p = fitted.predict_proba(features.iloc[split.test])[:, 1]
    assert {name: found[name] for name in ("auc", "brier", "log_loss")} == scores(target[split.test], p)
    assert found["rows"] == len(split.test)


def test_a_class_of_one_row_cannot_be_folded(flights: Examples) -> None:
    """A fold without it could not be fitted."""
    features, target = frame(feature_rows(Delay, flights.rows[:10])), np.zeros(10, dtype=np.int64)
    with pytest.raises(DataError, match="0 of 10 are of the second"):
        out_of_fold(RECIPE.pipeline(1), features, target, 1)


def test_a_trial_is_what_the_evaluation_of_a_recipe_measures(flights: Examples) -> None:
    """Fitted on the same rows, with the same threshold; the day of each row is what intervals draw."""
    features, target = frame(feature_rows(Delay, flights.rows)), np.array(flights.target)
    split = splits(flights, RECIPE)[1]
    trial = try_recipe(RECIPE, flights, split, seed=1)
    evaluated = evaluate(RECIPE, features, target, split, seed=1)
    assert trial.threshold is not None
    found = {**measure(trial.target, trial.p, trial.threshold), "threshold": trial.threshold, "rows": len(trial.rows)}
    assert {name: found[name] for name in evaluated} == pytest.approx(evaluated)
    assert (trial.name, trial.fitted_rows) == ("time_ordered_split", len(split.fit))
    assert "month 11 and later are tested on" in trial.about
    assert trial.rows == [flights.rows[position] for position in split.test]
    assert trial.predict is not None
    assert trial.predict(trial.rows[:3]) == pytest.approx(np.asarray(trial.p)[:3])
    assert flights.moments is not None
    assert trial.groups == [str(flights.moments[position].date()) for position in split.test]


def test_rows_that_do_not_say_when_are_drawn_one_by_one(flights: Examples) -> None:
    """There are no days to draw."""
    timeless = flights._replace(moments=None)
    trial = try_recipe(RECIPE, timeless, splits(timeless, RECIPE)[0], seed=1)
    assert (trial.groups, trial.unit) == (None, "row")
    assert "at random with the seed 42" in trial.about
