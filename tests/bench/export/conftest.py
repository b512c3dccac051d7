"""Few flights, and what measuring two families on them reports, once for all tests of this folder."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from bench.export.contenders import ALL, Case
from bench.export.families import families
from bench.export.flights import Flights, flights
from bench.export.worker import BATCH, measured
from challenge_neuralworks.training.sample import write_sample


@pytest.fixture(scope="session")
def file_of_flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of hardly more flights than a batch has."""
    path = tmp_path_factory.mktemp("flights") / "flights.csv"
    write_sample(path, BATCH + 200, seed=7)
    return path


@pytest.fixture(scope="session")
def few_flights(file_of_flights: Path) -> Flights:
    """Return these flights."""
    return flights(file_of_flights)


@pytest.fixture(scope="session")
def case(few_flights: Flights) -> Case:
    """Return the logistic regression, fitted, and rows to ask it."""
    pipeline, frame = families()[0].fit(few_flights)
    return Case(pipeline, frame.head(30), few_flights.signature)


@pytest.fixture(scope="session")
def report(file_of_flights: Path) -> dict[str, Any]:
    """Return the report of two families and two contenders: two rounds of three rows, which time nothing well."""
    absent = dict.fromkeys(set(ALL) - {"ours", "scikit-learn"}, "it is not asked for here")
    task = {"data": str(file_of_flights), "rounds": 2, "singles": 3, "seed": 1, "missing": absent}
    with warnings.catch_warnings():
        # Whether a regression converged on so few flights matters to no test here.
        warnings.simplefilter("ignore")
        found = measured(task, families()[:2])
    machine = {"cores": 2, "system": "Linux", "architecture": "x86_64", "python": "3.11.7"}
    return {"machine": machine, "load_average": 0.25, "rounds": 2, **found}
