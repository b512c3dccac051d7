"""A small model, fitted on made-up flights: its predictions on two splits, and what a search is said to have found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.datasets import Examples, select
from challenge_neuralworks.training.evaluation import Candidate, Effort, Given, Trial, splits
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.recipes.delay import RECIPE as SERVED
from tests.training.quick import quick

if TYPE_CHECKING:
    from challenge_neuralworks.training.evaluation.importance import Predict

RECIPE = quick(SERVED)

CANDIDATES: tuple[Candidate, ...] = (
    {
        "name": "logistic regression",
        "params": {"C": 0.2, "tol": 1e-8},
        "cv": {"auc": {"mean": 0.6123456789, "sd": 0.0123}, "brier": {"mean": 0.1512, "sd": 0.0021}},
        "auc": {"random_split": 0.6211, "time_ordered_split": 0.5987},
        "chosen": True,
        "why": "Best on later rows.",
    },
    {
        "name": "trees | deep",
        "params": {"depth": 12},
        "cv": {"auc": {"mean": 0.5911, "sd": 0.0333}},
        "auc": {"random_split": 0.6322},
        "chosen": False,
        "why": "Learns the days of the year.",
    },
)
GIVEN = Given(
    cross_validation=CANDIDATES[0]["cv"],
    folds=5,
    candidates=CANDIDATES,
    data={"title": "Made-up flights", "licence": "none", "rows_in_file": 3_007},
    threshold={"sentence": RECIPE.rule.sentence if RECIPE.rule else ""},
)
EFFORT = Effort(resamples=30, repeats=2, seed=5)


def fit_past(flights: Examples) -> Any:
    """Return the recipe's pipeline, fitted on the flights before November."""
    fitted = select(flights, splits(flights, RECIPE)[1].fit)
    return RECIPE.pipeline(1).fit(frame(feature_rows(Delay, fitted.rows)), np.array(fitted.target))


def try_on(flights: Examples, predict: Predict) -> list[Trial]:
    """Return a predictor on two splits: some flights of the year, and those from November on, day by day."""
    some, future = select(flights, range(0, 3_000, 4)), select(flights, splits(flights, RECIPE)[1].test)
    assert future.moments is not None
    days = [str(day) for day in future.moments.dt.date]
    later = Trial("time_ordered_split", "later", 2_400, future.rows, future.target, predict(future.rows), 0.21)
    return [
        Trial("random_split", "every fourth", 2_250, some.rows, some.target, predict(some.rows), 0.2),
        later._replace(predict=predict, groups=days, unit="day"),
    ]
