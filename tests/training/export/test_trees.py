"""Trees of every family answer as scikit-learn does, on trained rows, at edges, with and without missing values."""

from __future__ import annotations

import pickle
import random
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor
from sklearn.utils.validation import assert_all_finite

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.scorers import Scorer
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.forest import Forest, GuardedForest, MaskForest, WalkedForest
from challenge_neuralworks.scorers.linear import AdditiveHead
from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.frames import frame

TOLERANCE = 1e-15 if sys.version_info < (3, 12) else 1e-12
"""Of an answer's own size: the decisions are the same, and so is the order in which leaves are summed; but Python
3.12 and later carry what a sum of floats rounds off."""

SUMMED_ELSEWHERE = 1e-12
"""Where trees were summed at export, feature by feature."""


def _signature(missing: Any) -> Signature:
    return Signature(
        (
            Field("colour", "category", "What.", "red", categories=("red", "green", "Málaga"), missing=missing),
            Field("place", "category", "Where.", "here", "", categories=("here",), unknown="accept", missing=missing),
            Field("age", "integer", "How old.", 3, "year", 0, 9, missing=missing),
            Field("weight", "number", "How heavy.", 1.5, "kg", -10.0, 10.0, missing=missing),
            Field("distance", "number", "How far.", 1.5, "km", missing=missing),
        )
    )


def _rows(missing: str, count: int = 300) -> list[Row]:
    draw = random.Random(1)
    rows: list[dict[str, Any]] = [
        {
            "colour": draw.choice(("red", "green", "Málaga")),
            "place": draw.choice(("here", "here", "there", "yonder")),
            "age": draw.choice((0, 2, 3, 7, 9)),
            "weight": draw.uniform(-10, 10),
            "distance": draw.gauss(0, 1000),
        }
        for _ in range(count)
    ]
    if missing == "accept":
        rows = [{name: value if draw.random() > 0.1 else None for name, value in row.items()} for row in rows]
    return list(rows)


SIGNATURES = {missing: _signature(missing) for missing in ("refuse", "accept")}
ROWS = {missing: _rows(missing) for missing in SIGNATURES}


def _number(row: Row, name: str) -> float:
    value = row[name]
    return float(value) if isinstance(value, int | float) else 0.0


def _targets(rows: list[Row]) -> dict[str, Any]:
    draw = random.Random(2)
    sign = [1 if row["colour"] == "red" else -1 for row in rows]
    score = np.array(
        [
            one * _number(row, "weight") + _number(row, "age") + _number(row, "distance") / 500 + draw.gauss(0, 1)
            for one, row in zip(sign, rows, strict=True)
        ]
    )
    classes = np.digitize(score, np.quantile(score, [0.3, 0.6]))
    return {"value": score, "positive": np.abs(score) + 0.1, "two": score > np.median(score), "three": classes}


def _encoder() -> ColumnTransformer:
    parts = [
        ("one", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["colour", "place"]),
        ("scale", StandardScaler(), ["weight"]),
        ("rest", "passthrough", ["age", "distance"]),
    ]
    return ColumnTransformer(parts)


def _fitted(estimator: Any, target: str, missing: str = "refuse", columns: list[str] | None = None) -> Any:
    rows = ROWS[missing]
    pipeline = estimator if columns else make_pipeline(_encoder(), estimator)
    return pipeline.fit(frame(rows)[columns or list(rows[0])], _targets(rows)[target])


def _equal(estimator: Any, missing: str, tolerance: float = TOLERANCE) -> Any:
    """Return the forest (or other head) of the scorer, having compared it with its estimator after a pickle."""
    names = set(estimator.feature_names_in_)
    signature = Signature([field for field in SIGNATURES[missing].fields if field.name in names])
    rows = [*ROWS[missing], *edge_rows(SIGNATURES[missing], mixed=300)]
    rows = [{name: row[name] for name in estimator.feature_names_in_} for row in rows]
    scorer: Scorer = pickle.loads(pickle.dumps(export(estimator, signature)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Found unknown categories")
        if hasattr(estimator, "predict_proba"):
            expected = estimator.predict_proba(frame(rows))
        else:
            expected = estimator.predict(frame(rows))[:, None]
    computed = np.asarray(scorer.predict_many(rows))
    np.testing.assert_allclose(computed, expected, rtol=tolerance, atol=tolerance)
    return _innermost(scorer)


def _innermost(part: Any) -> Any:
    for name in ("head", "forest"):
        if hasattr(part, name):
            return _innermost(getattr(part, name))
    return part


FEW = {"max_iter": 15, "random_state": 0, "min_samples_leaf": 3}
WITH_MISSING = {
    "two classes": (HistGradientBoostingClassifier(**FEW), "two", MaskForest),
    "three classes": (HistGradientBoostingClassifier(**FEW), "three", MaskForest),
    "stumps of three classes": (HistGradientBoostingClassifier(max_depth=1, **FEW), "three", MaskForest),
    "large trees": (
        HistGradientBoostingRegressor(max_leaf_nodes=None, max_iter=4, min_samples_leaf=1),
        "value",
        WalkedForest,
    ),
    "large trees of three": (
        HistGradientBoostingClassifier(max_leaf_nodes=None, max_iter=4, min_samples_leaf=1),
        "three",
        Forest,
    ),
    "early stopping": (HistGradientBoostingClassifier(max_iter=500, early_stopping=True), "two", MaskForest),
    "squared error": (HistGradientBoostingRegressor(**FEW), "value", MaskForest),
    "absolute error": (HistGradientBoostingRegressor(loss="absolute_error", **FEW), "value", MaskForest),
    "quantile": (HistGradientBoostingRegressor(loss="quantile", quantile=0.3, **FEW), "value", MaskForest),
    "gamma": (HistGradientBoostingRegressor(loss="gamma", **FEW), "positive", MaskForest),
    "poisson": (HistGradientBoostingRegressor(loss="poisson", **FEW), "positive", MaskForest),
    "one large tree": (DecisionTreeClassifier(random_state=0), "three", Forest),
    "one small tree": (DecisionTreeClassifier(max_depth=4, random_state=0), "two", MaskForest),
    "a weighted tree": (DecisionTreeClassifier(class_weight="balanced", random_state=0), "two", Forest),
    "a tree of values": (DecisionTreeRegressor(max_leaf_nodes=40, random_state=0), "value", MaskForest),
    "a large tree of values": (DecisionTreeRegressor(random_state=0), "value", WalkedForest),
    "forest": (RandomForestClassifier(10, random_state=0), "three", Forest),
    "forest of small trees": (RandomForestClassifier(10, max_depth=5, random_state=0), "three", MaskForest),
    "forest of values": (RandomForestRegressor(10, random_state=0), "value", WalkedForest),
    "forest of small trees of values": (RandomForestRegressor(10, max_depth=6, random_state=0), "value", MaskForest),
}


@pytest.mark.parametrize("missing", SIGNATURES)
@pytest.mark.parametrize(("estimator", "target", "kind"), WITH_MISSING.values(), ids=WITH_MISSING)
def test_every_answer_is_equal(estimator: Any, target: str, kind: type, missing: str) -> None:
    """Classes and values, small trees and large, with missing values and without: no decision differs."""
    assert isinstance(_equal(_fitted(estimator, target, missing), missing), kind)


WITHOUT_MISSING = {
    "boosting": (GradientBoostingClassifier(n_estimators=15, random_state=0), "two"),
    "boosting from zero": (GradientBoostingClassifier(n_estimators=5, init="zero"), "three"),
    "boosting from the commonest": (
        GradientBoostingClassifier(n_estimators=5, init=DummyClassifier(strategy="most_frequent")),
        "two",
    ),
    "exponential": (GradientBoostingClassifier(n_estimators=15, loss="exponential"), "two"),
    "stopped early": (GradientBoostingClassifier(n_estimators=300, n_iter_no_change=2), "three"),
    "large trees": (GradientBoostingClassifier(n_estimators=5, max_depth=20), "three"),
    "squared error": (GradientBoostingRegressor(n_estimators=15), "value"),
    "absolute error": (GradientBoostingRegressor(n_estimators=15, loss="absolute_error"), "value"),
    "huber": (GradientBoostingRegressor(n_estimators=15, loss="huber"), "value"),
    "quantile": (GradientBoostingRegressor(n_estimators=15, loss="quantile", alpha=0.7), "value"),
    "extra trees": (ExtraTreesClassifier(10, random_state=0), "two"),
    "small extra trees": (ExtraTreesClassifier(10, max_depth=5, random_state=0), "three"),
    "extra trees of values": (ExtraTreesRegressor(10, random_state=0), "value"),
    "an extra tree": (ExtraTreeClassifier(random_state=0), "three"),
    "an extra tree of values": (ExtraTreeRegressor(max_depth=5, random_state=0), "value"),
}


@pytest.mark.parametrize(("estimator", "target"), WITHOUT_MISSING.values(), ids=WITHOUT_MISSING)
def test_every_answer_is_equal_where_nothing_is_missing(estimator: Any, target: str) -> None:
    """Gradient boosting with every loss and start, and extremely random trees, whose splits are any float."""
    _equal(_fitted(estimator, target), "refuse")


@pytest.mark.parametrize("missing", SIGNATURES)
@pytest.mark.parametrize("chosen", [["colour", "place"], [True, True, True, False, False], [2]])
@pytest.mark.parametrize("max_leaf_nodes", [8, None])
def test_categories_are_told_apart_as_they_come(chosen: Any, missing: str, max_leaf_nodes: int | None) -> None:
    """Categories by name, mask or position, right over the features: unseen and missing ones go scikit-learn's way."""
    columns = ["age", "weight", "colour"] if chosen == [2] else ["colour", "place", "age", "weight", "distance"]
    estimator = HistGradientBoostingClassifier(
        categorical_features=chosen, max_leaf_nodes=max_leaf_nodes, max_iter=6, min_samples_leaf=1
    )
    _equal(_fitted(estimator, "three", missing, columns), missing)


@pytest.mark.parametrize("max_leaf_nodes", [16, None])
def test_encoded_columns_may_be_categories(max_leaf_nodes: int | None) -> None:
    """Columns that an encoder made are categories where the estimator is told so."""
    estimator = HistGradientBoostingClassifier(
        categorical_features=[0, 1, 2, 6, 7], max_leaf_nodes=max_leaf_nodes, max_iter=6, min_samples_leaf=1
    )
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = ("rest", "passthrough", ["age", "weight", "distance"])
    encode = ColumnTransformer([("one", one_hot, ["colour", "place"]), numbers])
    rows: list[Row] = [{**row, "weight": round(_number(row, "weight"))} for row in ROWS["refuse"]]
    # Three colours, three places, age and whole weight; distance stays a number.
    fitted = make_pipeline(encode, estimator).fit(frame(rows), _targets(rows)["three"])
    _equal(fitted, "refuse")


def test_trees_of_one_small_feature_each_become_tables() -> None:
    """Where no tree asks two features and each has few values, a row costs one look-up a feature."""
    for estimator, target in (
        (HistGradientBoostingClassifier(interaction_cst="no_interactions", **FEW), "three"),
        (GradientBoostingRegressor(max_depth=1), "value"),
        (RandomForestClassifier(10, max_depth=1, random_state=0), "three"),
    ):
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        encode = ColumnTransformer([("one", one_hot, ["place"]), ("rest", "passthrough", ["age"])])
        rows = frame(ROWS["refuse"])[["place", "age"]]
        fitted = make_pipeline(encode, estimator).fit(rows, _targets(ROWS["refuse"])[target])
        head = _equal(fitted, "refuse", SUMMED_ELSEWHERE)
        assert isinstance(head, AdditiveHead | AdditiveScorer)
        assert not head.numbers


def test_a_forest_that_learned_nothing_answers_its_mean() -> None:
    """Trees without a single question are a constant."""
    estimator = _fitted(HistGradientBoostingRegressor(min_samples_leaf=200, max_iter=3), "value")
    _equal(estimator, "refuse")


@pytest.mark.parametrize("max_depth", [3, None])
def test_a_number_beyond_float32_raises_as_it_does_in_sklearn(max_depth: int | None) -> None:
    """scikit-learn's trees refuse what float32 cannot hold; the scorer does, at the very same number."""
    estimator = _fitted(RandomForestRegressor(5, max_depth=max_depth, random_state=0), "value")
    scorer = export(estimator, SIGNATURES["refuse"])
    overflow = 2.0**128 - 2.0**103
    for value in (overflow, -overflow, 1e300):
        row = {**ROWS["refuse"][0], "distance": value}
        with pytest.raises(ValueError, match="infinity"), np.errstate(over="ignore"):
            assert_all_finite(np.float32(value))
        with pytest.raises(ValueError, match="over float32"):
            scorer.predict(row)
    for value in (float(np.nextafter(overflow, 0.0)), -3.4e38):
        row = {**ROWS["refuse"][0], "distance": value}
        assert scorer.predict(row) == pytest.approx(estimator.predict(frame([row])), rel=TOLERANCE)


def test_a_number_that_is_missing_all_the_same_raises() -> None:
    """Gradient boosting takes no NaN: a row that brings one past the signature is not answered."""
    scorer = export(_fitted(GradientBoostingRegressor(n_estimators=3), "value"), SIGNATURES["refuse"])
    with pytest.raises(ValueError, match="NaN"):
        scorer.predict({**ROWS["refuse"][0], "weight": None})


def test_float32_is_guarded_only_where_it_matters() -> None:
    """Histogram boosting sees float64, so nothing is checked twice."""
    head: Any = export(_fitted(HistGradientBoostingRegressor(**FEW), "value"), SIGNATURES["refuse"])
    assert isinstance(head.head.forest, MaskForest)
    head = export(_fitted(DecisionTreeRegressor(max_depth=3), "value"), SIGNATURES["refuse"])
    assert isinstance(head.head.forest, GuardedForest)


def _of_two_targets() -> Any:
    rows = frame(ROWS["refuse"])[["age", "weight"]]
    return DecisionTreeRegressor().fit(rows, np.column_stack([rows["age"], rows["weight"]]))


def _started_linearly() -> Any:
    return _fitted(GradientBoostingRegressor(n_estimators=3, init=LinearRegression()), "value")


REFUSED = {
    "two targets": (_of_two_targets, "refuse", r"DecisionTreeRegressor of 2 targets.*fit one for each target"),
    "another start": (
        _started_linearly,
        "refuse",
        r"GradientBoostingRegressor\(init=LinearRegression.*set it to 'zero'",
    ),
    "a feature that may be missing": (
        lambda: _fitted(GradientBoostingRegressor(n_estimators=3), "value", columns=["age", "weight"]),
        "accept",
        r"missing.*takes no NaN.*impute it",
    ),
    "unknown categories that are encoded as NaN": (
        lambda: make_pipeline(
            ColumnTransformer(
                [("o", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), ["place"])]
            ),
            GradientBoostingRegressor(n_estimators=3),
        ).fit(frame(ROWS["refuse"])[["place"]], _targets(ROWS["refuse"])["value"]),
        "refuse",
        r"unknown categories as NaN, where the estimator takes none,.*encode them as a number",
    ),
    "a number that may be missing": (
        lambda: _fitted(GradientBoostingRegressor(n_estimators=3), "value", columns=["weight"]),
        "accept",
        r"'weight', which may be missing",
    ),
}


@pytest.mark.parametrize(("make", "missing", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_expressed_is_refused_by_name(make: Any, missing: str, message: str) -> None:
    """The error names class and parameter, and the way out."""
    with pytest.raises(Unsupported, match=message):
        export(make(), SIGNATURES[missing])


def test_a_category_spelt_like_a_number_is_refused() -> None:
    """scikit-learn reads the text "1" as a number; a scorer would compare a text with one."""
    signature = Signature([Field("size", "category", "How big.", "1", categories=("1", "2"))])
    estimator = HistGradientBoostingClassifier().fit(frame([{"size": "1"}, {"size": "2"}]).astype(object), [0, 1])
    with pytest.raises(Unsupported, match=r"the category 'size' as a number.*put an encoder before it"):
        export(estimator, signature)
