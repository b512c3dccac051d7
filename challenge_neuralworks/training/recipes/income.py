"""How the income model is trained, and what else was tried; docs/models/income.md shows what came of it."""

from __future__ import annotations

from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from challenge_neuralworks.models.income import EDUCATION, Income
from challenge_neuralworks.training.datasets import read_census
from challenge_neuralworks.training.recipes import Candidate, Recipe
from challenge_neuralworks.training.searching.boosters import light_gbm, xg_boost
from challenge_neuralworks.training.searching.folds import stratified
from challenge_neuralworks.training.thresholds import Rule

NUMBERS = ["age", "capital_gain", "capital_loss", "hours_per_week"]
CATEGORIES = ["workclass", "marital_status", "occupation", "relationship", "race", "sex", "native_country"]

THREE_AND_MORE = "its leaves ask three features and more, which costs ten times the time of a request"


def _trees() -> ColumnTransformer:
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    education = OrdinalEncoder(categories=[list(EDUCATION)])
    return ColumnTransformer(
        [("numbers", "passthrough", NUMBERS), ("education", education, ["education"]), ("others", ordinal, CATEGORIES)]
    )


def _boosted(seed: int, **params: Any) -> HistGradientBoostingClassifier:
    stated: dict[str, Any] = {"learning_rate": 0.05, "max_features": 0.3, "l2_regularization": 5.0, "max_iter": 600}
    return HistGradientBoostingClassifier(**{**stated, **params}, early_stopping=False, random_state=seed)


def pipeline(seed: int) -> Pipeline:
    """Return the unfitted pipeline that is served: boosted trees whose leaves ask two features at most."""
    trees = _boosted(seed, max_leaf_nodes=31, min_samples_leaf=20, interaction_cst="pairwise")
    return Pipeline([("encode", _trees()), ("classify", trees)])


def _linear(seed: int) -> Pipeline:
    missing = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="?"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10),
    )
    parts = [
        ("scaled", StandardScaler(), NUMBERS),
        ("categories", missing, ["education", *CATEGORIES]),
    ]
    classifier = LogisticRegression(C=1.0, solver="newton-cg", tol=1e-6, max_iter=400, random_state=seed)
    return Pipeline([("encode", ColumnTransformer(parts)), ("classify", classifier)])


def _over_trees(classifier: Any) -> Pipeline:
    return Pipeline([("encode", _trees()), ("classify", classifier)])


PAIRS = "boosted pairs of fields"

CANDIDATES = (
    Candidate("always the overall rate", lambda _: Pipeline([("classify", DummyClassifier(strategy="prior"))])),
    Candidate(
        "decision tree",
        lambda seed: _over_trees(DecisionTreeClassifier(min_samples_leaf=50, random_state=seed)),
        {"classify__max_depth": (6, 10)},
    ),
    Candidate(
        "logistic regression",
        _linear,
        {
            "classify__C": (0.1, 1.0),
            "classify__solver": ("newton-cg", "lbfgs"),
            "classify__class_weight": (None, "balanced"),
        },
    ),
    Candidate(
        "random forest",
        lambda seed: _over_trees(RandomForestClassifier(150, max_features=0.3, random_state=seed)),
        {"classify__min_samples_leaf": (3, 10)},
        refused=THREE_AND_MORE,
    ),
    Candidate(
        "XGBoost",
        lambda seed: _over_trees(xg_boost(seed)),
        {"classify__max_depth": (3, 5)},
        refused=THREE_AND_MORE,
        needs="xgboost",
    ),
    Candidate(
        "LightGBM",
        lambda seed: _over_trees(light_gbm(seed)),
        {"classify__num_leaves": (8, 31)},
        refused=THREE_AND_MORE,
        needs="lightgbm",
    ),
    Candidate(
        "boosted trees",
        lambda seed: _over_trees(_boosted(seed)),
        {"classify__max_leaf_nodes": (8, 16)},
        refused=THREE_AND_MORE,
    ),
    Candidate(PAIRS, pipeline, {"classify__min_samples_leaf": (10, 20, 40), "classify__max_iter": (400, 600)}),
)

RECIPE = Recipe(
    model=Income,
    description="Does a person of the 1994 census earn more than 50,000 dollars a year? 1: more, 0: at most that.",
    title=PAIRS,
    dataset="income",
    read=read_census,
    pipeline=pipeline,
    rule=Rule(wanted_recall=None),
    test_share=0.30,
    stratified=True,
    test_from_month=None,
    folds=stratified(3),
    candidates=CANDIDATES,
)
