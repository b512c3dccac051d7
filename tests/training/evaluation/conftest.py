"""A small model, fitted on made-up flights, and the report of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.datasets import Examples, read_flights
from challenge_neuralworks.training.evaluation import Trial, evaluation_report, predictor
from tests.training.evaluating import EFFORT, GIVEN, fit_past, try_on

if TYPE_CHECKING:
    from challenge_neuralworks.training.evaluation.importance import Predict


@pytest.fixture(scope="session")
def flights(sample: Path) -> Examples:
    """Return the made-up flights."""
    return read_flights(sample)


@pytest.fixture(scope="session")
def predict(flights: Examples) -> Predict:
    """Return the predictor of a model that was fitted on the flights before November."""
    return predictor(Delay, fit_past(flights))


@pytest.fixture(scope="session")
def trials(flights: Examples, predict: Predict) -> list[Trial]:
    """Return that model on two splits."""
    return try_on(flights, predict)


@pytest.fixture(scope="session")
def report(trials: list[Trial]) -> dict[str, Any]:
    """Return the report of that model."""
    return evaluation_report("delay", Delay.fields, trials, GIVEN, EFFORT)
