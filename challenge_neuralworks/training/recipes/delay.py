"""How the delay model is trained, and what else was tried; docs/models/delay.md shows what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.datasets import read_flights
from challenge_neuralworks.training.encoders import RateEncoder
from challenge_neuralworks.training.recipes import Candidate, Recipe
from challenge_neuralworks.training.searching.boosters import light_gbm, xg_boost
from challenge_neuralworks.training.searching.folds import by_months
from challenge_neuralworks.training.thresholds import Rule

if TYPE_CHECKING:
    from challenge_neuralworks.signature import Row

CATEGORIES = ["OPERA", "TIPOVUELO", "SIGLADES", "DIANOM"]
NUMBERS = ["MES-I", "HORA-I"]
RARE_BELOW_ROWS = 10
RISING = [0] * len([*NUMBERS, *CATEGORIES]) + [1]
"""Of the columns that `_with_week` makes: the risk may only rise with the last, the rate of the week."""

NOT_FOR_THE_FUTURE = "it tells the days of 2017 apart, and these do not come again"
THREE_AND_MORE = "its leaves ask three features and more, which costs ten times the time of a request"


def _trees(*more: tuple[str, Any, list[str]], numbers: list[str]) -> ColumnTransformer:
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return ColumnTransformer([("numbers", "passthrough", numbers), ("categories", ordinal, CATEGORIES), *more])


def _with_week(seed: int) -> ColumnTransformer:
    return _trees(("week", RateEncoder(seed=seed), ["WEEK"]), numbers=NUMBERS)


def _boosted(seed: int, **params: Any) -> HistGradientBoostingClassifier:
    # Small steps, few features at each split and a strong penalty: a year has one July. So many steps, because fewer
    # leave probabilities too close to the mean: with 400, the calibration error is twice that with 800.
    stated: dict[str, Any] = {"learning_rate": 0.05, "max_features": 0.3, "l2_regularization": 10.0}
    return HistGradientBoostingClassifier(**{**stated, **params}, early_stopping=False, random_state=seed)


def pipeline(seed: int) -> Pipeline:
    """Return the unfitted pipeline that is served: boosted trees whose leaves ask two features at most.

    Weeks come in as their rate: of weeks that are still to come it knows nothing, and says the overall rate. A higher
    rate may not lower the risk: without that rule, what the trees are worth on the future hangs on the seed
    (notebooks/model.ipynb).
    """
    return Pipeline([("encode", _with_week(seed)), ("classify", _pairs(seed, monotonic_cst=RISING))])


def _pairs(seed: int, **params: Any) -> HistGradientBoostingClassifier:
    return _boosted(seed, max_iter=800, max_leaf_nodes=31, min_samples_leaf=30, interaction_cst="pairwise", **params)


def _free_pairs(seed: int) -> Pipeline:
    return Pipeline([("encode", _with_week(seed)), ("classify", _pairs(seed))])


def _weekless_pairs(seed: int) -> Pipeline:
    return Pipeline([("encode", _trees(numbers=NUMBERS)), ("classify", _pairs(seed))])


def _linear(seed: int, encoder: ColumnTransformer) -> Pipeline:
    # lbfgs at its default tolerance stops at probabilities that are off by up to 0.02.
    classifier = LogisticRegression(C=0.2, solver="newton-cg", tol=1e-8, max_iter=400, random_state=seed)
    return Pipeline([("encode", encoder), ("classify", classifier)])


def _raw_linear(seed: int) -> Pipeline:
    return _linear(
        seed, ColumnTransformer([("fields", OneHotEncoder(handle_unknown="ignore"), [*CATEGORIES, *NUMBERS])])
    )


def _crossed_linear(seed: int) -> Pipeline:
    rare = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE_BELOW_ROWS)
    few = OneHotEncoder(handle_unknown="ignore")
    return _linear(
        seed,
        ColumnTransformer(
            [("few", few, ["OPERA", "MES-I", "SHIFT", "HORA-I"]), ("many", rare, ["SIGLADES", "FLIGHT", "WEEK"])]
        ),
    )


def crossed(row: Row) -> Row:
    """Return the model's features and two categories more.

    FLIGHT : airline, destination and hour, which single out a daily flight much as its number would.
    SHIFT : kind of flight, weekday and quarter of the day: international peaks are not domestic ones.
    """
    hour = row["HORA-I"]
    return {
        **Delay.features(row),
        "FLIGHT": f"{row['OPERA']}|{row['SIGLADES']}|{hour}",
        "SHIFT": f"{row['TIPOVUELO']}|{row['DIANOM']}|{hour // 6}",  # type: ignore[operator]  # An integer.
    }


def _forest(seed: int) -> Pipeline:
    forest = RandomForestClassifier(150, min_samples_leaf=10, max_features=0.5, random_state=seed)
    return Pipeline([("encode", _with_week(seed)), ("classify", forest)])


def _deep(seed: int) -> Pipeline:
    trees = _boosted(seed, max_iter=600, max_leaf_nodes=31, min_samples_leaf=100)
    return Pipeline([("encode", _with_week(seed)), ("classify", trees)])


def _daily(seed: int) -> Pipeline:
    trees = _boosted(seed, max_iter=1000, max_leaf_nodes=16, min_samples_leaf=100, max_features=1.0)
    return Pipeline([("encode", _trees(numbers=["DIA-I", *NUMBERS])), ("classify", trees)])


PAIRS = "boosted pairs of fields, risk rising with the week's rate"

CANDIDATES = (
    Candidate("always the overall rate", lambda _: Pipeline([("classify", DummyClassifier(strategy="prior"))])),
    Candidate(
        "logistic regression over the fields",
        _raw_linear,
        {
            "classify__C": (0.05, 0.2, 1.0),
            "classify__solver": ("newton-cg", "lbfgs"),
            "classify__class_weight": (None, "balanced"),
        },
    ),
    Candidate(
        "logistic regression over fields, flight, shift and week",
        _crossed_linear,
        {"classify__C": (0.1, 0.2, 0.5)},
        refused="its categories FLIGHT and SHIFT are not among the model's features, and pairs are better",
        features=crossed,
    ),
    Candidate("random forest", _forest, {"classify__min_samples_leaf": (10, 30)}, refused=THREE_AND_MORE),
    Candidate(
        "XGBoost",
        lambda seed: Pipeline([("encode", _with_week(seed)), ("classify", xg_boost(seed))]),
        {"classify__max_depth": (3, 5)},
        refused=THREE_AND_MORE,
        needs="xgboost",
    ),
    Candidate(
        "LightGBM",
        lambda seed: Pipeline([("encode", _with_week(seed)), ("classify", light_gbm(seed))]),
        {"classify__num_leaves": (8, 31)},
        refused=THREE_AND_MORE,
        needs="lightgbm",
    ),
    Candidate("boosted trees, the day of the month among the fields", _daily, refused=NOT_FOR_THE_FUTURE),
    Candidate("boosted trees, week as its rate", _deep, {"classify__max_leaf_nodes": (8, 31)}, refused=THREE_AND_MORE),
    Candidate("boosted pairs of fields, no week", _weekless_pairs),
    Candidate("boosted pairs of fields, week as its rate", _free_pairs),
    Candidate(
        PAIRS,
        pipeline,
        {"classify__min_samples_leaf": (30, 50, 100)},
    ),
)

RECIPE = Recipe(
    model=Delay,
    description="Will a scheduled flight out of Santiago de Chile leave more than 15 minutes late? 1: late, 0: not.",
    title=PAIRS,
    dataset="delay",
    read=read_flights,
    pipeline=pipeline,
    rule=Rule(wanted_recall=0.60),
    test_share=0.33,
    stratified=False,
    test_from_month=11,
    folds=by_months(5, 7, 9),
    candidates=CANDIDATES,
)
