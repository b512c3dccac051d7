"""Explanations of fitted estimators: the parts of scikit-learn's own score, grouped by feature."""

from __future__ import annotations

import pickle
import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, QuantileTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier, ExtraTreeRegressor

from challenge_neuralworks.artifact import Golden, load
from challenge_neuralworks.errors import NotExplainable, Unsupported
from challenge_neuralworks.scorers.explaining import ExplainedScorer, Explanation
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.scorers.explaining.columns import LinearExplainer
from challenge_neuralworks.scorers.explaining.grouping import group
from challenge_neuralworks.scorers.explaining.trees import TreeExplainer
from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.covers import GROVES
from challenge_neuralworks.training.export.explaining import explained
from challenge_neuralworks.training.frames import frame
from tests.making import seal
from tests.scorers.explaining import brute

SIGNATURE = Signature(
    (
        Field("colour", "category", "What.", "red", categories=("red", "green", "Málaga"), missing="accept"),
        Field("place", "category", "Where.", "here", categories=("here",), unknown="accept"),
        Field("age", "integer", "How old.", 3, "year", 0, 9),
        Field("weight", "number", "How heavy.", 1.5, "kg", -10.0, 10.0, missing="accept"),
    )
)
WHOLE = Signature([field._replace(missing="refuse") for field in SIGNATURE.fields])


def _rows(count: int, missing: float) -> list[Row]:
    draw = random.Random(1)
    rows: list[dict[str, Any]] = [
        {
            "colour": draw.choice(("red", "green", "Málaga")),
            "place": draw.choice(("here", "here", "there")),
            "age": draw.choice((0, 2, 3, 7, 9)),
            "weight": draw.uniform(-10, 10),
        }
        for _ in range(count)
    ]
    return [{**row, **dict.fromkeys(("colour", "weight"), None)} if draw.random() < missing else row for row in rows]


ROWS, GAPPED = _rows(200, 0.0), _rows(200, 0.2)
DRAW = random.Random(2)
VALUES = np.array(
    [
        float(row["age"] or 0) * (1 if row["colour"] == "red" else -1)
        + (3.0 if row["place"] == "here" else DRAW.random())
        for row in ROWS
    ]
)
CLASSES = np.median(VALUES) < VALUES


def _encoder() -> ColumnTransformer:
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    parts = [("one", one_hot, ["colour", "place"]), ("scale", StandardScaler(), ["weight"])]
    return ColumnTransformer([*parts, ("rest", "passthrough", ["age"])])


OWNERS = ["colour"] * 3 + ["place"] * 2 + ["weight", "age"]
"""Of the columns that `_encoder` makes."""


def _fit(estimator: Any, rows: list[Row] = ROWS) -> Any:
    return estimator.fit(frame(rows), CLASSES if hasattr(estimator, "predict_proba") else VALUES)


def _explained(estimator: Any, rows: list[Row] = (), signature: Signature = WHOLE) -> ExplainedScorer:  # type: ignore[assignment]
    scorer = explained(estimator, signature, export(estimator, signature), rows)
    again: ExplainedScorer = pickle.loads(pickle.dumps(scorer))
    return again


def _check_sums(scorer: ExplainedScorer, rows: list[Row], scores: Any) -> list[Explanation]:
    explanations = [scorer.explain(row) for row in rows]
    for explanation, score in zip(explanations, scores, strict=True):
        assert explanation.score == pytest.approx(score, rel=1e-12, abs=1e-12)
        assert explanation.base + sum(explanation.contributions.values()) == pytest.approx(explanation.score, abs=1e-9)
    return explanations


def _scores(estimator: Any, rows: list[Row]) -> Any:
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(frame(rows))
    return (
        estimator.predict_proba(frame(rows))[:, 1] if hasattr(estimator, "classes_") else estimator.predict(frame(rows))
    )


def _grown(trees: list[Any], weight: float, bias: float) -> brute.Game:
    return brute.Game([(tree.tree_, weight) for tree in trees], bias)


TREES = {
    "decision tree": (DecisionTreeClassifier(max_depth=4, random_state=0), lambda e: _grown([e], 1.0, 0.0)),
    "extra tree": (ExtraTreeRegressor(max_depth=4, random_state=0), lambda e: _grown([e], 1.0, 0.0)),
    "random forest": (
        RandomForestClassifier(3, max_depth=4, class_weight="balanced", random_state=0),
        lambda e: _grown(e.estimators_, 1 / 3, 0.0),
    ),
    "extra trees": (ExtraTreesRegressor(3, max_depth=4, random_state=0), lambda e: _grown(e.estimators_, 1 / 3, 0.0)),
    "gradient boosting": (
        GradientBoostingClassifier(n_estimators=4, random_state=0),
        lambda e: _grown(list(e.estimators_[:, 0]), 0.1, np.log(CLASSES.mean() / (1 - CLASSES.mean()))),
    ),
    "gradient boosting of values": (
        GradientBoostingRegressor(n_estimators=4, learning_rate=0.5, random_state=0),
        lambda e: _grown(list(e.estimators_[:, 0]), 0.5, VALUES.mean()),
    ),
}


@pytest.mark.parametrize(("estimator", "game_of"), TREES.values(), ids=TREES)
def test_trees_are_explained_by_shapley_values(estimator: Any, game_of: Any) -> None:
    """A sum over all sets of columns, on scikit-learn's own tables and columns, gives the same, summed by feature."""
    fitted = _fit(make_pipeline(_encoder(), estimator))
    scorer = _explained(fitted)
    assert isinstance(scorer.explainer, TreeExplainer)
    explanations = _check_sums(scorer, ROWS[:50], _scores(fitted, ROWS[:50]))
    game = game_of(fitted[-1])
    for explanation, columns in zip(explanations[:3], fitted[:-1].transform(frame(ROWS[:3])), strict=True):
        value = cache(lambda known, of=columns: game.score(of, known))
        shares = brute.shapley(value, len(columns))
        expected = {name: sum(s for s, owner in zip(shares, OWNERS, strict=True) if owner == name) for name in OWNERS}
        assert explanation.contributions == pytest.approx(expected, rel=0, abs=1e-9)
        assert explanation.base == pytest.approx(value(frozenset()), rel=0, abs=1e-9)


FEW = {"max_iter": 4, "max_leaf_nodes": 6, "min_samples_leaf": 5, "categorical_features": ["colour", "place"]}


@pytest.mark.parametrize(
    "estimator",
    [HistGradientBoostingClassifier(**FEW), HistGradientBoostingRegressor(**FEW)],
    ids=["classes", "values"],
)
def test_categories_and_missing_values_are_explained_as_they_come(estimator: Any) -> None:
    """Right over the features, with splits on categories and gaps; the base is the mean score of the training rows."""
    fitted = _fit(estimator, GAPPED)
    scorer = _explained(fitted, signature=SIGNATURE)
    scores = fitted._raw_predict(frame(GAPPED)).ravel()
    explanations = _check_sums(scorer, GAPPED, scores)
    assert explanations[0].base == pytest.approx(scores.mean(), rel=0, abs=1e-9)
    grove = GROVES[type(estimator)](fitted, None)  # type: ignore[arg-type]  # it refuses nothing here
    assert any(isinstance(bound, dict) for covered in grove.trees for bound in covered.tree.bounds)
    assert None in {row["weight"] for row in GAPPED[:8]}
    for row, explanation in zip(GAPPED[:8], explanations, strict=False):
        columns = [float("nan") if row[name] is None and name == "weight" else row[name] for name in row]
        expected = brute.shapley(lambda known, of=columns: brute.score(grove, of, known), len(columns))  # type: ignore[misc]
        assert list(explanation.contributions.values()) == pytest.approx(expected, rel=0, abs=1e-9)


@pytest.mark.parametrize(
    "estimator",
    [GradientBoostingRegressor(subsample=1.0, random_state=0), HistGradientBoostingClassifier(max_iter=20)],
    ids=["gradient boosting", "histogram"],
)
def test_the_base_is_the_mean_score_of_the_training_rows(estimator: Any) -> None:
    """What nothing is known of is averaged over just the rows that the trees were grown on."""
    fitted = _fit(make_pipeline(_encoder(), estimator))
    scores = _scores(fitted, ROWS)
    explanations = _check_sums(_explained(fitted), ROWS, scores)
    assert explanations[0].base == pytest.approx(scores.mean(), rel=0, abs=1e-9)


def test_trees_that_fold_into_tables_are_explained_the_same() -> None:
    """Stumps become one table a feature; so do their explanations, which equal those of the trees."""
    rows: list[Row] = [{"place": row["place"], "age": row["age"]} for row in ROWS]
    signature = Signature(WHOLE.fields[1:3])
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encoder = ColumnTransformer([("one", one_hot, ["place"]), ("rest", "passthrough", ["age"])])
    fitted = _fit(make_pipeline(encoder, GradientBoostingClassifier(max_depth=1, n_estimators=20)), rows)
    scorer = _explained(fitted, signature=signature)
    assert isinstance(scorer.explainer, AdditiveExplainer)
    explanations = _check_sums(scorer, rows[:20], _scores(fitted, rows[:20]))
    game = _grown(list(fitted[-1].estimators_[:, 0]), 0.1, np.log(CLASSES.mean() / (1 - CLASSES.mean())))
    for explanation, columns in zip(explanations, fitted[:-1].transform(frame(rows[:20])), strict=True):
        here, there, age = brute.shapley(lambda known, of=columns: game.score(of, known), 3)  # type: ignore[misc]
        assert explanation.contributions == pytest.approx({"place": here + there, "age": age}, rel=0, abs=1e-9)
        assert explanation.base == pytest.approx(game.score(columns, frozenset()), rel=0, abs=1e-9)


def _bent() -> ColumnTransformer:
    bend = ("bend", QuantileTransformer(n_quantiles=20), ["weight"])
    return ColumnTransformer([("one", OneHotEncoder(handle_unknown="ignore"), ["place"]), bend])


LINEAR = {
    "folded, classes": (make_pipeline(_encoder(), LogisticRegression()), OWNERS, AdditiveExplainer),
    "folded, values": (make_pipeline(_encoder(), LinearRegression()), OWNERS, AdditiveExplainer),
    "computed, classes": (
        make_pipeline(_bent(), LogisticRegression()), ["place", "place", "weight"], LinearExplainer,
    ),
    "computed, values": (make_pipeline(_bent(), LinearRegression()), ["place", "place", "weight"], LinearExplainer),
}  # fmt: skip


@pytest.mark.parametrize(("estimator", "owners", "kind"), LINEAR.values(), ids=LINEAR)
def test_linear_models_are_explained_term_by_term(estimator: Any, owners: list[str], kind: type) -> None:
    """A feature adds the weights of its columns times what these are over their means; without rows, over 0."""
    fitted = _fit(estimator)
    made = fitted[:-1].transform(frame(ROWS))
    columns = made.toarray() if hasattr(made, "toarray") else made
    weights, scores = np.ravel(fitted[-1].coef_), _scores(fitted, ROWS)
    for rows, means in ((ROWS, columns.mean(axis=0)), ([], np.zeros(len(owners)))):
        scorer = _explained(fitted, rows)
        assert isinstance(scorer.explainer, kind)
        explanations = _check_sums(scorer, ROWS[:40], scores[:40])
        base = scores.mean() if rows else float(np.ravel(fitted[-1].intercept_)[0])
        assert explanations[0].base == pytest.approx(base, rel=0, abs=1e-9)
        for explanation, row in zip(explanations, columns, strict=False):
            shares = weights * (row - means)
            expected = dict.fromkeys(SIGNATURE.names, 0.0)
            for owner, share in zip(owners, shares, strict=True):
                expected[owner] += share
            assert explanation.contributions == pytest.approx(expected, rel=0, abs=1e-9)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: GridSearchCV(inner, {}, cv=2),
        FixedThresholdClassifier,
        lambda inner: Pipeline([("inner", inner)]),
    ],
    ids=["search", "threshold", "pipeline"],
)
@pytest.mark.parametrize("last", [LogisticRegression(), DecisionTreeClassifier(max_depth=3)], ids=["linear", "tree"])
def test_what_wraps_an_estimator_is_seen_through(wrap: Any, last: Any) -> None:
    """A search, a threshold and a pipeline in a pipeline answer with the estimator inside, and are explained by it."""
    fitted = _fit(wrap(make_pipeline(_encoder(), last)))
    plain = getattr(fitted, "best_estimator_", getattr(fitted, "estimator_", fitted))
    _check_sums(_explained(fitted, ROWS), ROWS[:20], _scores(plain, ROWS[:20]))


def _of(estimator: Any, *steps: Any) -> Any:
    numbers = ColumnTransformer([("all", "passthrough", ["age", "weight"])])
    return lambda: _fit(make_pipeline(numbers, *steps, estimator))


def _weighing_nothing(fitted: Any) -> Any:
    # Negative sample weights can cancel out others; what else they do to a fit differs between versions.
    fitted[-1].tree_.weighted_n_node_samples[-1] = 0.0
    return fitted


REFUSED = {
    "linear over PCA": (
        _of(LogisticRegression(), PCA(2), StandardScaler()),
        r"step 'pca': an explanation of a column made of 2 features \(age, weight\).* serve the scorer without",
    ),
    "trees over products": (
        _of(DecisionTreeClassifier(), PolynomialFeatures(2, interaction_only=True), StandardScaler()),
        r"step 'polynomialfeatures': an explanation of a column made of 2 features",
    ),
    "products": (_of(LinearRegression(), PolynomialFeatures(2)), r"step 'polynomialfeatures': an explanation of a"),
    "nodes that weigh nothing": (
        lambda: _weighing_nothing(_of(DecisionTreeClassifier(max_depth=2))()),
        r"DecisionTreeClassifier with nodes whose training rows weigh nothing",
    ),
    "a network": (
        _of(MLPClassifier(3, max_iter=1000, random_state=0), StandardScaler()),
        r"an explanation of MLPClassifier",
    ),
    "naive Bayes": (_of(GaussianNB()), r"step 'gaussiannb': an explanation of GaussianNB"),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_explained_exactly_is_refused_by_name(make: Any, message: str) -> None:
    """No share of a column that mixes features is made up, and no estimator is approximated."""
    fitted = make()
    with pytest.raises(Unsupported, match=message):
        _explained(fitted)


def test_a_mixed_column_that_nothing_reads_does_no_harm() -> None:
    """A weight of 0 leaves nothing to share out."""
    products = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    fitted = _of(Lasso(alpha=30.0), products)()
    fitted[-1].coef_[:] = [2.0, 0.0, 0.0]
    assert _explained(fitted).explain(ROWS[0]).contributions["age"] == 2.0 * float(ROWS[0]["age"] or 0)


def test_a_constant_column_is_part_of_the_base() -> None:
    """The 1 among polynomial features is no feature's, with rows to average over and without."""
    numbers = ColumnTransformer([("all", PolynomialFeatures(2), ["weight"])])
    fitted = _fit(make_pipeline(numbers, LinearRegression(fit_intercept=False)))
    for rows in (ROWS, []):
        (explanation, *_) = _check_sums(_explained(fitted, rows), ROWS[:10], _scores(fitted, ROWS[:10]))
        assert explanation.base == pytest.approx(_scores(fitted, ROWS).mean() if rows else fitted[-1].coef_[0])


@pytest.mark.parametrize(
    "last", [LogisticRegression(), DecisionTreeClassifier(), HistGradientBoostingClassifier(max_iter=2)]
)
def test_three_classes_have_no_one_score(last: Any) -> None:
    """Neither linear models nor trees explain more than one value; the error has its own code."""
    fitted = make_pipeline(_encoder(), last).fit(frame(ROWS), [int(value > 0) + int(value > 5) for value in VALUES])
    with pytest.raises(
        NotExplainable, match=f"{type(last).__name__} cannot be explained: its score has 3 values"
    ) as no:
        _explained(fitted)
    assert no.value.code == "not-explainable"


def test_derived_features_go_back_to_the_fields_of_the_signature() -> None:
    """What two derived features are worth is split among their parents, and the sum stays the score."""
    features: list[Row] = [{**row, "kind": f"{row['colour']}|{row['place']}", "step": row["age"]} for row in ROWS]
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5)
    encoder = ColumnTransformer([("one", one_hot, ["colour", "kind", "step"]), ("age", "passthrough", ["age"])])
    fitted = make_pipeline(encoder, LogisticRegression(max_iter=1000)).fit(frame(features), CLASSES)
    scorer = _explained(fitted, features, WHOLE)
    for explanation in _check_sums(scorer, features[:20], _scores(fitted, features[:20])):
        grouped = group(explanation.contributions, {"kind": ("colour", "place"), "step": ("age", "weight")})
        assert set(grouped) == {field.name for field in WHOLE.fields}
        assert explanation.base + sum(grouped.values()) == pytest.approx(explanation.score, abs=1e-12)
        assert grouped["place"] == explanation.contributions["kind"] / 2


@pytest.mark.parametrize(
    "last", [LogisticRegression(), RandomForestClassifier(5, max_depth=4)], ids=["linear", "trees"]
)
def test_a_sealed_scorer_still_explains(last: Any, tmp_path: Path) -> None:
    """The pickle's allow-list knows every part of an explainer."""
    fitted = _fit(make_pipeline(_encoder(), last))
    scorer = _explained(fitted, ROWS)
    seal(tmp_path, scorer=scorer, signature=WHOLE, golden=(Golden(dict(ROWS[0]), scorer.predict(ROWS[0])),))
    loaded = load(str(tmp_path / "toy")).scorer
    assert isinstance(loaded, ExplainedScorer)
    assert loaded.explain(ROWS[0]) == scorer.explain(ROWS[0])
    assert loaded.predict(ROWS[0]) == scorer.predict(ROWS[0])
