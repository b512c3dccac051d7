"""LightGBM and XGBoost, where they are installed: the same decisions, and sums in their own precision."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.trees.optional import OPTIONAL, installed
from challenge_neuralworks.training.frames import frame
from tests.making import ROOT
from tests.training.export.fitting import library_or_skip

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

LIGHT: dict[str, Any] = {"n_estimators": 15, "verbose": -1, "min_child_samples": 3, "n_jobs": 1}
ROUGH: dict[str, Any] = {"bagging_freq": 1, "bagging_fraction": 0.5}
EXTREME: dict[str, Any] = {"n_estimators": 15, "max_depth": 5, "n_jobs": 1}
QUANTILES: dict[str, Any] = {**EXTREME, "objective": "reg:quantileerror", "quantile_alpha": [0.2, 0.8]}


def own_loss(y_true: Any, predicted: Any) -> tuple[Any, Any]:
    """Return gradient and hessian of a squared error."""
    return predicted - y_true, np.ones_like(y_true)


EQUAL: list[tuple[str, str, dict[str, Any], str]] = [
    ("lightgbm", "LGBMClassifier", LIGHT, "two"),
    ("lightgbm", "LGBMClassifier", LIGHT, "three"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "boosting_type": "dart", "num_leaves": 100}, "two"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "objective": "multiclass", "num_class": 2}, "two"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "use_missing": False}, "two"),
    ("lightgbm", "LGBMClassifier", LIGHT, "one"),
    *(
        ("lightgbm", "LGBMRegressor", {**LIGHT, "objective": objective}, "positive")
        for objective in ("regression", "regression_l1", "huber", "quantile", "poisson", "gamma", "tweedie")
    ),
    ("xgboost", "XGBClassifier", EXTREME, "two"),
    ("xgboost", "XGBClassifier", {**EXTREME, "num_parallel_tree": 2, "base_score": 0.3}, "two"),
    *(("xgboost", "XGBClassifier", {**EXTREME, "base_score": base}, "two") for base in (1e-5, 0.999, 0.99999)),
    ("xgboost", "XGBClassifier", {**EXTREME, "objective": "multi:softprob", "num_class": 2}, "two"),
    ("xgboost", "XGBClassifier", EXTREME, "three"),
    ("xgboost", "XGBRegressor", {**EXTREME, "objective": "reg:quantileerror", "quantile_alpha": 0.2}, "positive"),
    ("xgboost", "XGBRegressor", {"n_estimators": 300, "n_jobs": 1}, "positive"),
    *(
        ("xgboost", "XGBRegressor", {**EXTREME, "objective": objective}, "positive")
        for objective in ("reg:absoluteerror", "count:poisson", "reg:gamma", "reg:tweedie")
    ),
]
TOLERANCES = {"lightgbm": 1e-12, "xgboost": 1e-6}
"""Of an answer's size. XGBoost answers in float32."""

REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("lightgbm", "LGBMClassifier", {**LIGHT, "objective": "multiclassova"}, "three", "objective='multiclassova"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "sigmoid": 2.0}, "two", "objective='binary sigmoid:2'"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, **ROUGH, "boosting_type": "rf"}, "two", r"\(boosting_type='rf'\)"),
    ("lightgbm", "LGBMRegressor", {**LIGHT, **ROUGH, "boosting": "rf"}, "positive", r"\(boosting_type='rf'\)"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "pred_early_stop": True}, "two", r"\(pred_early_stop=True\)"),
    (
        "lightgbm",
        "LGBMRegressor",
        {**LIGHT, "objective": "binary"},
        "zeros and ones",
        "LGBMRegressor.objective='binary",
    ),
    ("lightgbm", "LGBMRegressor", {**LIGHT, "objective": own_loss}, "positive", "LGBMRegressor.objective=None"),
    ("lightgbm", "LGBMRegressor", {**LIGHT, "reg_sqrt": True}, "positive", "objective='regression sqrt'"),
    ("lightgbm", "LGBMRegressor", {**LIGHT, "linear_tree": True}, "positive", "linear_tree=True"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "zero_as_missing": True}, "two", "zero_as_missing=True"),
    ("lightgbm", "LGBMClassifier", {**LIGHT, "categorical_feature": [0]}, "two", "categorical features"),
    ("xgboost", "XGBRegressor", EXTREME, "pair", "XGBRegressor of 2 outputs"),
    ("xgboost", "XGBClassifier", EXTREME, "labels", "XGBClassifier of 2 outputs"),
    ("xgboost", "XGBRegressor", QUANTILES, "positive", "XGBRegressor of 2 outputs"),
    ("xgboost", "XGBClassifier", EXTREME, "one", r"base_score=.*, as of targets that are all alike"),
    ("xgboost", "XGBClassifier", {**EXTREME, "base_score": 1e-9}, "two", "XGBClassifier.base_score=.*1E-9"),
    ("xgboost", "XGBRegressor", {**EXTREME, "objective": "count:poisson"}, "one", "XGBRegressor.base_score=.*0E0"),
    ("xgboost", "XGBRegressor", {**EXTREME, "objective": "reg:logistic"}, "zeros and ones", "objective='reg:logistic'"),
    ("xgboost", "XGBClassifier", {**EXTREME, "multi_strategy": "multi_output_tree"}, "three", "'multi_output_tree'"),
    ("xgboost", "XGBClassifier", {**EXTREME, "booster": "dart", "rate_drop": 0.5}, "two", "'dart'|dropped trees"),
    ("xgboost", "XGBClassifier", {**EXTREME, "booster": "gblinear"}, "two", "booster='gblinear'"),
    ("xgboost", "XGBClassifier", {**EXTREME, "missing": 0.0}, "two", "missing=0.0"),
    ("xgboost", "XGBRegressor", {**EXTREME, "objective": "reg:squaredlogerror"}, "positive", "squaredlogerror"),
]


def _named(case: tuple[Any, ...]) -> str:
    _, kind, parameters, target, *_ = case
    changed = {name: value for name, value in parameters.items() if name not in {**LIGHT, **EXTREME}}
    chosen = ", ".join(f"{name}={getattr(value, '__name__', value)}" for name, value in changed.items())
    return f"{kind}({chosen}) of {target}"


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
    targets = {
        "one": np.zeros(len(score), dtype=int),
        "two": score > 0,
        "three": np.digitize(score, [-1, 1]),
        "positive": np.abs(score) + 0.1,
        "zeros and ones": (score > 0).astype(float),
        "pair": np.stack([score, score**2], axis=1),
        "labels": np.stack([score > 0, score < 1], axis=1).astype(int),
    }
    estimator = getattr(library_or_skip(library), name)(**parameters)
    return estimator.fit(frame(ROWS).astype(float), targets[target])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", EQUAL, ids=_named)
def test_every_answer_is_equal(case: Any) -> None:
    """Every objective, with missing values, at edges, and with numbers so tiny or huge that they are changed."""
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
@pytest.mark.parametrize("case", REFUSED, ids=_named)
def test_what_cannot_be_expressed_is_refused_by_name(case: Any) -> None:
    """The error names class and parameter."""
    *made, message = case
    with pytest.raises(Unsupported, match=message):
        export(_fitted(*made), SIGNATURE)


@pytest.mark.parametrize("library", sorted({library for library, _ in OPTIONAL}))
def test_what_is_installed_is_listed(library: str) -> None:
    """The docs' table holds each class of a library that is here, under its own name."""
    here = library_or_skip(library)
    listed = {kind: assemble for kind, assemble in installed().items() if kind.__module__.startswith(library)}
    assert listed == {getattr(here, name): assemble for (of, name), assemble in OPTIONAL.items() if of == library}


EXPORTER_FIRST = """
import challenge_neuralworks.training.export
print("exporter")
from challenge_neuralworks.training.export.trees.optional import installed
print(installed())
"""


def test_a_library_is_imported_for_the_list_alone_and_may_be_broken(tmp_path: Path) -> None:
    """The exporter imports neither, and what raises when it is loaded is not there: OSError without libgomp."""
    for library, error in (("lightgbm", "OSError"), ("xgboost", "ValueError")):
        (tmp_path / f"{library}.py").write_text(f"print('{library}')\nraise {error}('no shared library')\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", EXPORTER_FIRST]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    printed = done.stdout.split()
    assert printed[0] == "exporter"
    assert set(printed[1:-1]) == {"lightgbm", "xgboost"}
    assert printed[-1] == "{}"
