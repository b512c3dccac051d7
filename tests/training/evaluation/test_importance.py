"""Importance: what a field is worth, with everything that is derived from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.datasets import Examples
from challenge_neuralworks.training.evaluation.importance import importance, predictor
from challenge_neuralworks.training.evaluation.inputs import Trial

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from challenge_neuralworks.training.evaluation.importance import Predict

ROWS: list[Row] = [{"noise": index % 7, "signal": index % 2} for index in range(400)]
TARGET = [index % 2 for index in range(400)]
FLIGHT: dict[str, int | float | str | None] = {field.name: field.example for field in Delay.fields}


def by_signal(rows: Sequence[Row]) -> NDArray[np.float64]:
    """Return 0.9 where the signal is 1, else 0.1."""
    return np.array([0.9 if row["signal"] else 0.1 for row in rows])


def test_the_field_that_decides_is_worth_all() -> None:
    """Shuffled, a perfect AUC drops to chance; a field that is not asked is worth exactly nothing."""
    first, second = importance(by_signal, ROWS, TARGET, repeats=4, seed=1)
    assert first["field"] == "signal"
    assert first["auc_drop"] == pytest.approx(0.5, abs=0.05)
    assert 0 < first["sd"] < 0.1
    assert second == {"field": "noise", "auc_drop": 0.0, "sd": 0.0}


def test_one_shuffle_has_no_spread() -> None:
    """None is not 0."""
    assert [line["sd"] for line in importance(by_signal, ROWS, TARGET, repeats=1)] == [None, None]


def test_the_rows_stay_as_they_are() -> None:
    """The shuffle works on copies."""
    before = [dict(row) for row in ROWS]
    importance(by_signal, ROWS, TARGET, repeats=1)
    assert before == ROWS


def test_what_is_derived_moves_along() -> None:
    """A model that sees a month in WEEK only is asked for it all the same."""

    class SecondHalf:
        def predict_proba(self, features: pd.DataFrame) -> NDArray[np.float64]:
            late = (features["WEEK"] > 26).to_numpy(dtype=np.float64)
            return np.stack([1 - late, late], axis=1)

    rows = [{**FLIGHT, "MES-I": number % 12 + 1} for number in range(480)]
    target = [int(number % 12 >= 6) for number in range(480)]
    found = {line["field"]: line["auc_drop"] for line in importance(predictor(Delay, SecondHalf()), rows, target)}
    assert found.pop("MES-I") > 0.4
    assert set(found.values()) == {0.0}


def test_a_predictor_scores_rows_as_requests_state_them(predict: Predict, flights: Examples) -> None:
    """Row by row the same as all at once."""
    together = predict(flights.rows[:5])
    assert together.shape == (5,)
    assert [predict([row])[0] for row in flights.rows[:5]] == pytest.approx(together, abs=1e-12)


def test_the_seed_decides_and_each_field_is_told(predict: Predict, trials: list[Trial]) -> None:
    """The same seed shuffles the same way, and whoever waits is told of each field of the request."""
    rows, target = trials[1].rows, trials[1].target
    told: list[str] = []
    once = importance(predict, rows, target, 2, 3, told.append)
    assert once == importance(predict, rows, target, 2, 3)
    assert [line["auc_drop"] for line in once] == sorted((line["auc_drop"] for line in once), reverse=True)
    assert told == [f"importance of {field.name}" for field in Delay.fields]
