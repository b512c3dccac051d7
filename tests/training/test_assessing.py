"""The stage that evaluates: each candidate on every split, what is served at length, all from the same parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.assessing import FOLDS, assess
from challenge_neuralworks.training.datasets import Examples, read_flights
from challenge_neuralworks.training.evaluation import Effort, splits
from challenge_neuralworks.training.evaluation.splitting import Split
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.recipes import Candidate, chosen
from challenge_neuralworks.training.recipes.delay import RECIPE as SERVED
from challenge_neuralworks.training.recipes.delay import crossed
from challenge_neuralworks.training.searching.engine import Engine
from tests.training.quick import quick

QUICK = quick(SERVED)
CROSSED = "logistic regression over fields, flight, shift and week"
RECIPE = QUICK._replace(
    candidates=(*QUICK.candidates, *(one for one in SERVED.candidates if one.name == CROSSED)),
)
PARAMS = {"classify__min_samples_leaf": 20}


def _found() -> dict[str, Any]:
    params: dict[str, dict[str, Any]] = {RECIPE.title: PARAMS, CROSSED: {"classify__C": 0.1}}
    lines = [
        {"name": one.name, "params": params.get(one.name, {}), "cv": {"auc": {"mean": 0.5, "sd": 0.0}}, "why": "tried"}
        for one in RECIPE.candidates
    ]
    return {"chosen": {"name": RECIPE.title, "params": PARAMS}, "candidates": lines}


@pytest.fixture(scope="module")
def parts(sample: Path) -> list[tuple[Split, Examples]]:
    """Return each split with its examples."""
    flights = read_flights(sample)
    return [(split, flights) for split in splits(flights, RECIPE)]


@pytest.fixture(scope="module")
def told() -> list[str]:
    """Return what is reported while it lasts."""
    return []


@pytest.fixture(scope="module")
def made(parts: list[tuple[Split, Examples]], told: list[str]) -> dict[str, Any]:
    """Return the evaluation."""
    recipe, effort = chosen(RECIPE, RECIPE.title, PARAMS), Effort(resamples=5, repeats=1, seed=2)
    return assess("delay", recipe, parts, _found(), {"title": "made up"}, effort, Engine(1), told.append)


def _auc(candidate: Candidate, params: dict[str, Any], split: Split, flights: Examples) -> float:
    make = candidate.features or Delay.features
    features, target = frame([make(row) for row in flights.rows]), np.array(flights.target)
    fitted = candidate.pipeline(2).set_params(**params).fit(features.iloc[split.fit], target[split.fit])
    return float(roc_auc_score(target[split.test], fitted.predict_proba(features.iloc[split.test])[:, 1]))


def test_each_candidate_is_measured_on_each_split(made: dict[str, Any], parts: list[tuple[Split, Examples]]) -> None:
    """As fitted by hand, with the parameters that were found and the features it takes; in the search's order."""
    found = _found()["candidates"]
    assert [line["name"] for line in made["candidates"]] == [line["name"] for line in found]
    for line, one, searched in zip(made["candidates"], RECIPE.candidates, found, strict=True):
        expected = {split.name: _auc(one, searched["params"], split, flights) for split, flights in parts}
        assert line["auc"] == pytest.approx(expected, abs=1e-6)
        assert (line["params"], line["why"]) == (searched["params"], "tried")


def test_what_is_served_is_marked_and_agrees_with_its_line(made: dict[str, Any]) -> None:
    """Exactly one is, and its AUC is the one that its splits state."""
    (served,) = [line for line in made["candidates"] if line["chosen"]]
    assert served["name"] == RECIPE.title
    stated = {split["name"]: split["metrics"]["auc"]["value"] for split in made["splits"]}
    assert served["auc"] == pytest.approx(stated, abs=1e-6)


def test_what_is_served_is_cross_validated_on_what_the_random_split_fits(made: dict[str, Any]) -> None:
    """Mean and spread of every metric, over so many folds."""
    assert made["cross_validation"]["folds"] == FOLDS
    metrics = made["cross_validation"]["metrics"]
    assert {"auc", "brier", "log_loss"} <= set(metrics)
    assert 0.5 < metrics["auc"]["mean"] < 0.8
    assert 0 < metrics["auc"]["sd"] < 0.1


def test_whoever_waits_is_told(made: dict[str, Any], told: list[str]) -> None:
    """Of the candidates, the cross validation, and each split."""
    assert made["model"] == "delay"
    assert told[:4] == [
        "candidates on every split",
        "cross validation of what is served",
        "random_split: predictions",
        "time_ordered_split: predictions",
    ]


def test_features_of_a_candidate_s_own_are_of_the_row_alone() -> None:
    """The model's, and two categories that cross its fields."""
    row: Row = {field.name: field.example for field in Delay.fields}
    assert crossed(row) == {**Delay.features(row), "FLIGHT": "Grupo LATAM|Miami|18", "SHIFT": "I|Viernes|3"}
    assert feature_rows(Delay, [row]) == [{**row, "WEEK": 29}]


@pytest.mark.slow
def test_processes_measure_what_one_process_measures(made: dict[str, Any], parts: list[tuple[Split, Examples]]) -> None:
    """The same seed is the same evaluation, wherever its fits run."""
    recipe, effort = chosen(RECIPE, RECIPE.title, PARAMS), Effort(resamples=5, repeats=1, seed=2)
    again = assess("delay", recipe, parts, _found(), {"title": "made up"}, effort, Engine(2))
    assert json.dumps(again) == json.dumps(made)
