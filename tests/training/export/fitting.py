"""Rows, targets and pipelines that estimators are fitted on, and the comparison of what they predict."""

from __future__ import annotations

import pickle
import random
import warnings
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from challenge_neuralworks.signature import Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.frames import frame
from tests.making import TOY

VERSION = tuple(map(int, sklearn.__version__.split(".")[:2]))
SAMME: dict[str, Any] = {"algorithm": "SAMME"} if VERSION < (1, 6) else {}
"""What makes AdaBoost of every version the same."""


def _rows(count: int, seed: int) -> list[Row]:
    draw = random.Random(seed)
    return [
        {
            "colour": draw.choice(("red", "red", "dark green", "Málaga")),
            "place": draw.choice(("here", "here", "there", "yonder", "nowhere")),
            "age": draw.randrange(10),
            "weight": draw.uniform(-10, 10),
        }
        for _ in range(count)
    ]


def _score(row: Row) -> float:
    noise = random.Random(str(row)).gauss(0.0, 1.0)
    return float(row["weight"]) / 5 + float(row["age"]) / 4 - (row["colour"] == "red") + noise  # type: ignore[arg-type]


ROWS = _rows(150, seed=3)
EDGES = [*ROWS, *edge_rows(TOY, mixed=150)]
VALUE = np.array([_score(row) for row in ROWS])
TWO = np.where(VALUE > 0.5, "yes", "no")
THREE = np.where(VALUE > 1.2, "big", np.where(VALUE > 0.0, "middle", "small"))
POSITIVE = np.exp(VALUE / 2)


def library_or_skip(name: str) -> Any:
    """Return a library that need not be here."""
    try:
        return import_module(name)
    # What the exporter takes for not installed: libgomp may be missing.
    except (ImportError, OSError, ValueError) as error:
        pytest.skip(f"{name} cannot be imported: {error}")


def encoder(mixes: bool = False) -> ColumnTransformer:
    """Return a transformer of which all columns fold into tables and numbers; or, if it mixes, not all."""
    scale = make_pipeline(StandardScaler(), StandardScaler()) if mixes else StandardScaler()
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer(
        [
            ("categories", one_hot, ["colour", "place"]),
            ("wide", scale, ["weight"]),
            ("small", StandardScaler(), ["age"]),
        ]
    )


def fitted(estimator: Any, target: Any, mixes: bool = False) -> Any:
    """Return an estimator fitted over encoded columns."""
    return fit(Pipeline([("encode", encoder(mixes)), ("estimate", estimator)]), target)


def fit(estimator: Any, target: Any, columns: list[str] | None = None) -> Any:
    """Return an estimator fitted on the rows themselves, quietly: whether it converged matters to no test here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = frame(ROWS)
        return estimator.fit(rows[columns] if columns else rows, target)


def difference(
    estimator: Any, rows: list[Row] | None = None, columns: list[str] | None = None, signature: Signature = TOY
) -> float:
    """Return the largest difference of scikit-learn and the scorer, relative to values over 1; NaN is infinite."""
    rows = EDGES if rows is None else rows
    # What is served comes out of a pickle.
    scorer = pickle.loads(pickle.dumps(export(estimator, signature)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = frame(rows)[columns] if columns else frame(rows)
        made = estimator.predict(table) if is_regressor(estimator) else estimator.predict_proba(table)
    expected = np.asarray(made, dtype=np.float64).reshape(len(rows), -1)
    found = np.array(scorer.predict_many(rows))
    assert found.shape == expected.shape
    worst = float((np.abs(found - expected) / np.maximum(1.0, np.abs(expected))).max())
    return worst if worst == worst else float("inf")  # noqa: PLR0124 - NaN
