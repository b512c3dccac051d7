"""LightGBM and XGBoost, where they are installed: the same decisions, and sums in their own precision."""

from __future__ import annotations

import pickle
import random
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.trees.optional import LIBRARIES, installed
from challenge_neuralworks.training.frames import frame

SIGNATURE = Signature(
    (
        Field("age", "integer", "How old.", 3, "year", 0, 9, missing="accept"),
        Field("weight", "number", "How heavy.", 1.5, "kg", missing="accept"),
        Field("length", "number", "How long.", 0.5, "m"),
    )
)
SMALLEST = 1.0000000180025095e-35
"""What LightGBM takes for 0 ends here."""

TINY_AND_HUGE = [
    sign * size for sign in (-1, 1) for size in (1e-300, 1e-40, 1e-36, 1e-35, SMALLEST, 2e-35, 3e38, 1e300)
]

LIGHT: dict[str, Any] = {"n_estimators": 15, "verbose": -1, "min_child_samples": 3}
EXTREME: dict[str, Any] = {"n_estimators": 15, "max_depth": 5}

EQUAL: list[tuple[str, str, dict[str, Any], str]] = [
    ("lightgbm", "LGBMClassifier", LIGHT, "two"),
    ("lightgbm", "LGBMClassifier", LIGHT, "three"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "boosting_type": "dart", "num_leaves": 100}, "two"),
    *(
        ("lightgbm", "LGBMRegressor", {**LIGHT, "objective": objective}, "positive")
        for objective in ("regression", "regression_l1", "huber", "quantile", "poisson", "gamma", "tweedie")
    ),
    ("xgboost", "XGBClassifier", EXTREME, "two"),
    ("xgboost", "XGBClassifier", {**EXTREME, "num_parallel_tree": 2, "base_score": 0.3}, "two"),
    ("xgboost", "XGBClassifier", EXTREME, "three"),
    ("xgboost", "XGBRegressor", {"n_estimators": 300}, "positive"),
    *(
        ("xgboost", "XGBRegressor", {**EXTREME, "objective": objective}, "positive")
        for objective in ("reg:absoluteerror", "count:poisson", "reg:gamma", "reg:tweedie")
    ),
]
TOLERANCES = {"lightgbm": 1e-12, "xgboost": 1e-6}
"""Of an answer's size. XGBoost answers in float32."""

REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("lightgbm", "LGBMClassifier", {**LIGHT, "objective": "multiclassova"}, "three", "objective='multiclassova"),
    ("lightgbm", "LGBMRegressor", {**LIGHT, "reg_sqrt": True}, "positive", "objective='regression sqrt'"),
    ("lightgbm", "LGBMRegressor", {**LIGHT, "linear_tree": True}, "positive", "linear_tree=True"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "zero_as_missing": True}, "two", "zero_as_missing=True"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "categorical_feature": [0]}, "two", "categorical features"),
    ("xgboost", "XGBClassifier", {**EXTREME, "booster": "gblinear"}, "two", "booster='gblinear'"),
    ("xgboost", "XGBClassifier", {**EXTREME, "missing": 0.0}, "two", "missing=0.0"),
    ("xgboost", "XGBRegressor", {**EXTREME, "objective": "reg:squaredlogerror"}, "positive", "squaredlogerror"),
]


def _here(cases: list[Any]) -> list[Any]:
    # Not skipped: where a library is absent, nothing is promised of it.
    return [case for case in cases if find_spec(case[0])] or [None]


def _rows(count: int = 400) -> list[Row]:
    draw = random.Random(1)
    rows: list[dict[str, Any]] = [
        {"age": draw.randrange(10), "weight": draw.gauss(0, 3), "length": draw.choice((draw.gauss(0, 1), 0.0, 1e-36))}
        for _ in range(count)
    ]
    for row in rows[::7]:
        row["weight"] = None
    for row in rows[::11]:
        row["age"] = None
    return list(rows)


ROWS = _rows()


def _score(row: Row) -> float:
    numbers = [value for value in (row["weight"], row["length"]) if isinstance(value, int | float)]
    # Ages that no threshold tells apart.
    return sum(numbers, 3.0 * (row["age"] in {1, 4, 7}))


def _fitted(library: str, name: str, parameters: dict[str, Any], target: str) -> Any:
    draw = random.Random(2)
    score = np.array([_score(row) + draw.gauss(0, 1) for row in ROWS])
    targets = {"two": score > 0, "three": np.digitize(score, [-1, 1]), "positive": np.abs(score) + 0.1}
    estimator = getattr(import_module(library), name)(**parameters)
    return estimator.fit(frame(ROWS).astype(float), targets[target])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", _here(EQUAL), ids=str)
def test_every_answer_is_equal(case: Any) -> None:
    """Every objective, with missing values, at edges, and with numbers so tiny or huge that they are changed."""
    if case is None:
        assert not installed()
        return
    estimator = _fitted(*case)
    example = {**ROWS[1]}
    rows: list[Row] = [*ROWS, *edge_rows(SIGNATURE, 200), *({**example, "length": value} for value in TINY_AND_HUGE)]
    scorer = pickle.loads(pickle.dumps(export(estimator, SIGNATURE)))
    inputs = frame(rows).astype(float)
    is_classifier = hasattr(estimator, "predict_proba")
    expected = estimator.predict_proba(inputs) if is_classifier else estimator.predict(inputs)[:, None]
    tolerance = TOLERANCES[case[0]]
    np.testing.assert_allclose(np.asarray(scorer.predict_many(rows)), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", _here(REFUSED), ids=str)
def test_what_cannot_be_expressed_is_refused_by_name(case: Any) -> None:
    """The error names class and parameter."""
    if case is None:
        assert not installed()
        return
    *made, message = case
    with pytest.raises(Unsupported, match=message):
        export(_fitted(*made), SIGNATURE)


def test_what_is_installed_is_registered() -> None:
    """Each class of a library that is there has an assembler, and none is asked of one that is not."""
    expected = {name for library, (_, names) in LIBRARIES.items() if find_spec(library) for name in names}
    assert {kind.__name__ for kind in installed()} == expected
