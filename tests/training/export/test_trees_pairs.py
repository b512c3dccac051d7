"""Trees whose leaves are each behind at most two features: tables of pairs, equal to scikit-learn, and explained."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from challenge_neuralworks.scorers.columns import ColumnsScorer
from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
from challenge_neuralworks.scorers.explaining.trees import TreeExplainer
from challenge_neuralworks.scorers.forest import ForestHead
from challenge_neuralworks.scorers.linear import LinearHead
from challenge_neuralworks.scorers.pairs import PairHead, PairScorer
from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.explaining import explained
from challenge_neuralworks.training.frames import frame
from tests.training.export.fitting import VERSION, difference

SIGNATURE = Signature(
    (
        Field("colour", "category", "What.", "red", categories=("red", "green", "Málaga"), missing="accept"),
        Field("place", "category", "Where.", "here", categories=("here", "there"), unknown="accept"),
        Field("age", "integer", "How old.", 3, "year", 0, 9, missing="accept"),
        Field("month", "integer", "When.", 3, "month", 1, 12),
        Field("weight", "number", "How heavy.", 1.5, "kg", missing="accept"),
    )
)


def _rows(count: int) -> list[Row]:
    draw = random.Random(1)
    return [
        {
            "colour": draw.choice(("red", "green", "Málaga", None)),
            "place": draw.choice(("here", "here", "there")),
            "age": draw.choice((0, 2, 3, 7, 9, None)),
            "month": draw.randint(1, 12),
            "weight": draw.choice((None, draw.gauss(0, 3), draw.gauss(0, 3))),
        }
        for _ in range(count)
    ]


ROWS = _rows(400)
VALUES = np.array(
    [
        float(row["age"] or 4) * (1 if row["colour"] == "red" else -1)
        + float(row["month"] or 0) * (row["place"] == "here")
        + float(row["weight"] or 5) * (row["colour"] == "red")
        for row in ROWS
    ]
)
CLASSES = np.median(VALUES) < VALUES
UNKNOWN: dict[str, Any] = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def _pipeline(estimator: Any, **encoder: Any) -> Any:
    ordinal = OrdinalEncoder(**UNKNOWN, encoded_missing_value=encoder.get("missing", -2))
    parts = [("ordinal", ordinal, ["colour", "place"]), ("rest", "passthrough", ["age", "month", "weight"])]
    return make_pipeline(ColumnTransformer(parts), estimator).fit(
        frame(ROWS), CLASSES if hasattr(estimator, "predict_proba") else VALUES
    )


PAIRWISE: dict[str, Any] = {"interaction_cst": "pairwise", "max_iter": 40, "min_samples_leaf": 5, "random_state": 0}
FITTED: dict[str, Any] = {
    "pairwise boosting": lambda: _pipeline(HistGradientBoostingClassifier(**PAIRWISE)),
    "of a value": lambda: _pipeline(HistGradientBoostingRegressor(**PAIRWISE)),
    "categorical splits": lambda: _pipeline(HistGradientBoostingClassifier(categorical_features=[0, 1], **PAIRWISE)),
    "NaN for missing": lambda: _pipeline(HistGradientBoostingClassifier(**PAIRWISE), missing=np.nan),
    "pairs and single features": lambda: _pipeline(
        HistGradientBoostingRegressor(**{**PAIRWISE, "interaction_cst": [[0, 2], [1], [3], [4]]})
    ),
    "trees of two questions": lambda: _pipeline(HistGradientBoostingRegressor(max_depth=2, min_samples_leaf=5)),
}


@pytest.mark.parametrize("name", FITTED)
def test_pairs_are_scikit_learns_trees(name: str) -> None:
    """On the training rows and at every edge of the signature, missing and unknown values among them."""
    fitted = FITTED[name]()
    scorer = export(fitted, SIGNATURE)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, PairHead)
    assert difference(fitted, [*ROWS, *edge_rows(SIGNATURE, mixed=300)], signature=SIGNATURE) <= 1e-12


def test_averages_of_trees_are_folded_too() -> None:
    """The mean of a forest's leaves is a sum over pairs as well; two classes of a forest have two values a leaf."""
    whole = [{**row, "colour": row["colour"] or "red", "age": row["age"] or 1, "weight": 0.0} for row in ROWS]
    signature = Signature([field._replace(missing="refuse") for field in SIGNATURE.fields])
    parts = [("ordinal", OrdinalEncoder(**UNKNOWN), ["colour", "place"]), ("rest", "passthrough", ["age", "month"])]
    for estimator, head in (
        (ExtraTreesRegressor(20, max_depth=2, random_state=0), PairHead),
        (GradientBoostingRegressor(max_depth=2, n_estimators=20, random_state=0), PairHead),
        (RandomForestClassifier(20, max_depth=2, random_state=0), ForestHead),
    ):
        target = CLASSES if hasattr(estimator, "predict_proba") else VALUES
        fitted = make_pipeline(ColumnTransformer(parts), estimator).fit(frame(whole), target)
        scorer = export(fitted, signature)
        assert isinstance(scorer, ColumnsScorer | PairScorer)
        assert isinstance(scorer.head, head)
        assert difference(fitted, [*whole, *edge_rows(signature, mixed=100)], signature=signature) <= 1e-12


def test_three_features_behind_a_leaf_are_no_pair() -> None:
    """Such trees keep their masks."""
    fitted = _pipeline(HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=5, random_state=0))
    scorer = export(fitted, SIGNATURE)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, ForestHead)


@pytest.mark.parametrize("name", FITTED)
def test_explanations_by_pair_are_those_of_the_trees(name: str) -> None:
    """The same values as path-dependent TreeSHAP over the nodes, which is tested against brute force."""
    fitted = FITTED[name]()
    scorer = export(fitted, SIGNATURE)
    by_pair = explained(fitted, SIGNATURE, scorer)
    # Not recognised as pairs, the trees are explained node by node.
    by_node = explained(fitted, SIGNATURE, ColumnsScorer(["colour"], [], LinearHead([[1.0]], [0.0], "identity")))
    assert isinstance(by_pair.explainer, PairExplainer)
    assert isinstance(by_node.explainer, TreeExplainer)
    for row in [*ROWS[:60], {"colour": None, "place": "elsewhere", "age": None, "month": 12, "weight": -1e300}]:
        ours, theirs = by_pair.explain(row), by_node.explain(row)
        assert ours.base == pytest.approx(theirs.base, rel=1e-12, abs=1e-12)
        assert ours.contributions == pytest.approx(theirs.contributions, rel=1e-9, abs=1e-10)
        assert ours.base + sum(ours.contributions.values()) == pytest.approx(ours.score, rel=1e-12, abs=1e-10)
        assert ours.score == pytest.approx(theirs.score, rel=1e-12, abs=1e-12)


def test_a_feature_of_several_columns_is_explained_by_node() -> None:
    """Shapley values of columns that are made of one feature do not follow from tables by feature."""
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    parts = [("one", one_hot, ["colour", "place"]), ("rest", "passthrough", ["age", "month"])]
    fitted = make_pipeline(ColumnTransformer(parts), HistGradientBoostingClassifier(max_depth=2, min_samples_leaf=5))
    fitted.fit(frame(ROWS), CLASSES)
    scorer = explained(fitted, SIGNATURE, export(fitted, SIGNATURE))
    assert isinstance(scorer.explainer, TreeExplainer)


def test_a_rate_learned_of_a_derived_feature_is_an_axis() -> None:
    """A category that the signature does not name, encoded by its target rate: unseen ones have the mean."""
    seeded: dict[str, Any] = {"random_state": 0} if VERSION < (1, 9) else {}
    rows: list[Row] = [{**row, "week": f"w{row['month']}"} for row in ROWS]
    parts = [("rate", TargetEncoder(**seeded), ["week"]), ("rest", "passthrough", ["age", "month"])]
    model = HistGradientBoostingClassifier(**PAIRWISE)
    fitted = make_pipeline(ColumnTransformer(parts), model).fit(frame(rows), CLASSES)
    scorer = export(fitted, SIGNATURE)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, PairHead)
    assert difference(fitted, [*rows, {**rows[0], "week": "never seen"}], signature=SIGNATURE) <= 1e-12
    explanation = explained(fitted, SIGNATURE, scorer).explain({**rows[0], "week": "never seen"})
    assert explanation.base + sum(explanation.contributions.values()) == pytest.approx(explanation.score, abs=1e-10)


@pytest.mark.parametrize(("scale", "head"), [(1.0, PairHead), (1e6, ForestHead)])
def test_leaves_are_folded_where_their_order_does_not_show(scale: float, head: type) -> None:
    """Of large leaves that may cancel, sums keep the order of the trees, so that the last digits are the same."""
    fitted = _pipeline(HistGradientBoostingRegressor(**PAIRWISE))
    target = (VALUES - np.median(VALUES)) * scale
    scorer = export(fitted.fit(frame(ROWS), target), SIGNATURE)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, head)
    assert difference(fitted, [*ROWS, *edge_rows(SIGNATURE, mixed=300)], signature=SIGNATURE) <= 1e-12


def test_large_leaves_far_from_zero_are_folded() -> None:
    """A prediction that is as large as its leaves loses nothing: a price has its digits in front."""
    fitted = _pipeline(HistGradientBoostingRegressor(**PAIRWISE))
    scorer = export(fitted.fit(frame(ROWS), VALUES * 1e3 + 1e6), SIGNATURE)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, PairHead)
    assert difference(fitted, [*ROWS, *edge_rows(SIGNATURE, mixed=300)], signature=SIGNATURE) <= 1e-12


HARD = Signature(
    (
        Field("size", "integer", "Also as a category.", 7, "", -3, 9, missing="accept"),
        Field("wide", "number", "Of any size.", 0.0, missing="accept"),
        Field("steps", "integer", "Of many values.", 5, "", -(10**6), 10**17),
    )
)
FAR = (-1.7e308, -1e300, -1e-300, -0.0, 0.0, 5e-324, 1.0, 1e300, 1.7e308, None)
EXACT = 2**53
"""Where floats begin to skip integers: one more is not a float64."""


def _hard() -> list[Row]:
    draw = random.Random(6)
    return [
        {
            "size": draw.choice((-3, 0, 1, 2, 7, None)),
            "wide": draw.choice(FAR),
            "steps": draw.choice((-1, 0, 5, EXACT, EXACT + 1, EXACT + 2, 10**17)),
        }
        for _ in range(500)
    ]


def _hard_values(rows: list[Row]) -> list[float]:
    return [
        float(row["size"] or 0.5) * (-1 if row["wide"] is None else 1 + (float(row["wide"]) > 0.0))
        + (float(row["steps"] or 0) > EXACT)
        for row in rows
    ]


@pytest.mark.parametrize("categorical", [None, [0]], ids=["number", "category"])
@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_awkward_numbers_take_scikit_learns_side(categorical: list[int] | None, twice: bool) -> None:
    """Both zeros, missing ones, thresholds near the largest float, integers beyond floats, numbers as categories.

    A feature that comes as a number twice has no axis of its own, and the trees keep their masks.
    """
    rows = _hard()
    parts = [("all", "passthrough", ["size", "wide", "steps"])]
    encode = ColumnTransformer([*parts, ("again", "passthrough", ["wide"])] if twice else parts)
    # Drawn at random, so that one of two equal columns is not asked alone.
    model = HistGradientBoostingRegressor(categorical_features=categorical, max_features=0.5, **PAIRWISE)
    fitted = make_pipeline(encode, model).fit(frame(rows), _hard_values(rows))
    scorer = export(fitted, HARD)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, ForestHead if twice else PairHead)
    edges: list[Row] = [
        {"size": size, "wide": wide, "steps": steps}
        for size in (*range(-3, 10), None)
        for wide in FAR
        for steps in (-(10**6), 0, EXACT - 1, EXACT + 1, EXACT + 3, 10**17)
    ]
    assert difference(fitted, [*rows, *edges], signature=HARD) <= 1e-12


def test_awkward_numbers_are_explained_alike_by_pair_and_by_node() -> None:
    """Both take the sides that scikit-learn takes: an integer beyond 2**53 is the float next to it."""
    rows = _hard()
    encode = ColumnTransformer([("all", "passthrough", ["size", "wide", "steps"])])
    fitted = make_pipeline(encode, HistGradientBoostingRegressor(**PAIRWISE)).fit(frame(rows), _hard_values(rows))
    by_pair = explained(fitted, HARD, export(fitted, HARD))
    by_node = explained(fitted, HARD, ColumnsScorer(["size"], [], LinearHead([[1.0]], [0.0], "identity")))
    assert isinstance(by_pair.explainer, PairExplainer)
    for row in rows[:80]:
        ours, theirs = by_pair.explain(row), by_node.explain(row)
        assert ours.contributions == pytest.approx(theirs.contributions, rel=1e-9, abs=1e-10)
        assert ours.score == pytest.approx(theirs.score, rel=1e-12, abs=1e-12)
        assert ours.score == pytest.approx(by_pair.predict(row)[0], rel=1e-12, abs=1e-12)


def test_scaled_numbers_that_overflow_take_scikit_learns_side() -> None:
    """A quotient that is infinite is over every threshold, and over none that is infinite."""
    rows = _hard()
    encode = ColumnTransformer([("wide", StandardScaler(), ["wide"]), ("rest", "passthrough", ["size", "steps"])])
    near: list[Row] = [{**row, "wide": None if row["wide"] is None else float(row["wide"]) % 7.0} for row in rows]
    values = [_halved(row) for row in near]
    fitted = make_pipeline(encode, HistGradientBoostingRegressor(**PAIRWISE)).fit(frame(near), values)
    fitted[0].named_transformers_["wide"].scale_[:] = 1e-9
    scorer = export(fitted, HARD)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, PairHead)
    assert difference(fitted, [*near, *rows], signature=HARD) <= 1e-12


def _halved(row: Row) -> float:
    return float(row["wide"] or 9) * (float(row["size"] or 3) - float(row["steps"] or 0) / EXACT)


def test_trees_of_one_leaf_are_part_of_the_base() -> None:
    """A boosting that found nothing more to ask goes on with empty trees."""
    fitted = _pipeline(HistGradientBoostingRegressor(**PAIRWISE))
    empty = fitted[-1]._predictors[2][0]
    empty.nodes = empty.nodes[:1].copy()
    empty.nodes["is_leaf"], empty.nodes["value"] = 1, 0.125
    scorer = export(fitted, SIGNATURE)
    assert isinstance(scorer, ColumnsScorer | PairScorer)
    assert isinstance(scorer.head, PairHead)
    assert difference(fitted, [*ROWS, *edge_rows(SIGNATURE, mixed=100)], signature=SIGNATURE) <= 1e-12


def test_values_that_no_node_tells_apart_share_a_place() -> None:
    """Ages 3 to 6 were never seen, so nothing splits between them; what is not listed has a place of its own."""
    scorer = export(FITTED["trees of two questions"](), SIGNATURE)
    assert isinstance(scorer, PairScorer)
    age = next(axis for axis in scorer.head.axes if scorer.features[axis[0]] == "age")
    assert age[1][4] == age[1][5]
    assert len(set(age[1].values())) == age[2] < 10
