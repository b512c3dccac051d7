"""Every transformer that is exported: alone before a classifier, on numbers, categories and missing values."""

from __future__ import annotations

import pickle
import random
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import (
    RFE,
    RFECV,
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFromModel,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    VarianceThreshold,
)
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.equality import prove
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.assembly import Step
from challenge_neuralworks.training.export.columns import UNCHANGED, Source
from challenge_neuralworks.training.export.registry import REGISTRY
from challenge_neuralworks.training.frames import frame

FIELDS = Signature(
    (
        Field("colour", "category", "Closed.", "red", categories=("red", "dark green", "Málaga")),
        Field("place", "category", "Open.", "here", categories=("here", "there"), unknown="accept"),
        Field("shade", "category", "Closed.", "a", categories=("a", "b", "c"), missing="accept"),
        Field("town", "category", "Open.", "x", categories=("x", "y"), unknown="accept", missing="accept"),
        Field("age", "integer", "Small.", 3, minimum=0, maximum=9),
        Field("rank", "integer", "Small.", 2, minimum=-1, maximum=4, missing="accept"),
        Field("size", "integer", "Wide.", 100, minimum=-5_000, maximum=5_000),
        Field("weight", "number", "Bounded.", 1.5, minimum=-10.0, maximum=10.0),
        Field("part", "number", "Positive.", 0.5, minimum=0.25, maximum=50.0),
        Field("length", "number", "Unbounded.", 1.5),
        Field("height", "number", "Bounded.", 50.0, minimum=0.0, maximum=100.0, missing="accept"),
        Field("load", "number", "Unbounded.", 0.5, missing="accept"),
    )
)

VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


def _rows(count: int, seed: int) -> list[Row]:
    """Return rows with gaps, rare categories, and some that the signature does not list."""
    draw = random.Random(seed)

    def seldom(value: Any) -> Any:
        return None if draw.random() < 0.2 else value

    return [
        {
            "colour": draw.choice(("red", "red", "dark green", "Málaga")),
            "place": draw.choice(("here", "here", "here", "there", "yonder", "nowhere")),
            "shade": seldom(draw.choice(("a", "a", "b", "c"))),
            "town": seldom(draw.choice(("x", "x", "y", "z", "?"))),
            "age": draw.choice((0, 2, 3, 7, 9)),
            "rank": seldom(draw.choice((-1, 0, 0, 2, 3))),
            "size": draw.randint(-3_000, 4_000),
            "weight": draw.uniform(-10, 10),
            "part": draw.uniform(0.5, 20),
            "length": draw.gauss(0, 3),
            "height": seldom(draw.uniform(0, 100)),
            "load": seldom(draw.gauss(1, 2)),
        }
        for _ in range(count)
    ]


ROWS = _rows(150, seed=1)
EDGES = [*ROWS, *edge_rows(FIELDS, mixed=60)]
TWO = [int(index % 3 == 0) for index in range(len(ROWS))]
THREE = [index % 3 for index in range(len(ROWS))]

CLOSED, OPEN, SMALL, WIDE = ["colour"], ["place"], ["age"], ["size", "weight"]
NUMBERS = ["age", "size", "weight", "length"]
GAPS = ["rank", "height", "load"]
CATEGORIES = ["colour", "place", "shade", "town"]
FIXED = ["weight", "part", "size"]


def _fitted(transformer: Any, names: list[str], target: list[int]) -> Any:
    encode = ColumnTransformer([("part", clone(transformer), names)])
    return Pipeline([("encode", encode), ("classify", LogisticRegression())]).fit(frame(ROWS), target)


def _filled(transformer: Any) -> Any:
    return make_pipeline(SimpleImputer(), transformer)


NUMERIC: dict[str, tuple[Any, list[str]]] = {
    "min-max": (MinMaxScaler(), NUMBERS),
    "min-max clipped": (MinMaxScaler((-2, 3), clip=True), NUMBERS),
    "min-max filled": (_filled(MinMaxScaler(clip=True)), GAPS),
    "max-abs": (MaxAbsScaler(), NUMBERS),
    "robust": (RobustScaler(), NUMBERS),
    "robust unit": (RobustScaler(unit_variance=True, quantile_range=(10, 80)), NUMBERS),
    "robust centre only": (RobustScaler(with_scaling=False), NUMBERS),
    "robust scale only": (RobustScaler(with_centering=False), NUMBERS),
    "scaled, then filled": (make_pipeline(StandardScaler(), SimpleImputer(strategy="median")), GAPS),
    "mean": (SimpleImputer(), GAPS),
    "median": (SimpleImputer(strategy="median", add_indicator=True), [*GAPS, *NUMBERS]),
    "most frequent": (SimpleImputer(strategy="most_frequent"), GAPS),
    "constant": (SimpleImputer(strategy="constant", fill_value=-7.5, add_indicator=True), GAPS),
    "a number that counts as missing": (SimpleImputer(missing_values=0, add_indicator=True), ["age", "length"]),
    "indicator": (MissingIndicator(), GAPS),
    "indicator of all": (MissingIndicator(features="all"), [*GAPS, *NUMBERS]),
    "bins one-hot": (KBinsDiscretizer(4), NUMBERS),
    "bins dense": (KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"), NUMBERS),
    "bins ordinal": (KBinsDiscretizer(5, encode="ordinal", strategy="kmeans"), NUMBERS),
    "bins filled": (_filled(KBinsDiscretizer(4, strategy="uniform")), GAPS),
    "squares": (PolynomialFeatures(), NUMBERS),
    "interactions": (PolynomialFeatures(3, interaction_only=True, include_bias=False), NUMBERS),
    "third and fourth powers": (PolynomialFeatures((3, 4), include_bias=False), FIXED),
    "no powers but the bias": (PolynomialFeatures((2, 3)), FIXED),
    "l1": (Normalizer("l1"), NUMBERS),
    "l2": (Normalizer("l2"), NUMBERS),
    "max": (Normalizer("max"), NUMBERS),
    "binary": (Binarizer(threshold=1.5), NUMBERS),
    "yeo-johnson": (PowerTransformer(), ["age", "size", "weight"]),
    "yeo-johnson with gaps": (make_pipeline(PowerTransformer(standardize=False), SimpleImputer()), GAPS),
    "box-cox": (PowerTransformer("box-cox"), ["part"]),
    "box-cox, plain": (PowerTransformer("box-cox", standardize=False), ["part"]),
    "quantiles": (QuantileTransformer(n_quantiles=20), NUMBERS),
    "normal quantiles": (QuantileTransformer(n_quantiles=50, output_distribution="normal"), NUMBERS),
    "quantiles of target means": (make_pipeline(TargetEncoder(cv=2), QuantileTransformer(n_quantiles=5)), ["age"]),
    "quantiles with gaps": (make_pipeline(QuantileTransformer(n_quantiles=9), SimpleImputer()), GAPS),
    "splines": (SplineTransformer(), FIXED),
    "splines of quantiles": (SplineTransformer(4, degree=2, knots="quantile", include_bias=False), NUMBERS),
    "splines in lines": (SplineTransformer(5, extrapolation="linear"), NUMBERS),
    "splines of degree 1 in lines": (SplineTransformer(5, degree=1, extrapolation="linear"), ["length"]),
    "splines of degree 0 in lines": (SplineTransformer(5, degree=0, extrapolation="linear"), ["length"]),
    "splines continued": (SplineTransformer(4, extrapolation="continue"), FIXED),
    "splines periodic": (SplineTransformer(5, extrapolation="periodic"), NUMBERS),
    "splines filled": (_filled(SplineTransformer(5)), GAPS),
    "best": (SelectKBest(k=2), NUMBERS),
    "percentile": (SelectPercentile(percentile=40), NUMBERS),
    "false positives": (SelectFpr(alpha=0.99), NUMBERS),
    "false discoveries": (SelectFdr(alpha=0.999), NUMBERS),
    "family-wise": (SelectFwe(alpha=1.0), ["length"]),
    "generic": (GenericUnivariateSelect(mode="k_best", param=3), NUMBERS),
    "variance": (VarianceThreshold(5.0), NUMBERS),
    "from a model": (SelectFromModel(LogisticRegression(), max_features=2), NUMBERS),
    "elimination": (RFE(LogisticRegression(), n_features_to_select=2), NUMBERS),
    "elimination by folds": (RFECV(LogisticRegression(), cv=2), NUMBERS),
    "sequential": (SequentialFeatureSelector(LogisticRegression(), n_features_to_select=2, cv=2), NUMBERS),
    "union": (
        FeatureUnion([("a", MinMaxScaler()), ("b", "passthrough"), ("c", "drop"), ("d", KBinsDiscretizer(3))]),
        NUMBERS,
    ),
    "weighted union": (
        FeatureUnion([("a", StandardScaler()), ("b", "passthrough")], transformer_weights={"a": 0.3, "b": 2}),
        NUMBERS,
    ),
    "weighted columns": (
        ColumnTransformer(
            [("a", StandardScaler(), [0, 1]), ("b", "passthrough", [2]), ("c", MinMaxScaler(), [3])],
            remainder="passthrough",
            transformer_weights={"a": 0.25, "b": 3.0},
        ),
        [*NUMBERS, "part"],
    ),
    **{
        f"numpy's {function.__name__}": (FunctionTransformer(function), names)
        for function, names in (
            (np.log1p, ["part", "age"]),
            (np.log, ["part"]),
            (np.log2, ["part"]),
            (np.log10, ["part"]),
            (np.sqrt, ["part", "age"]),
            (np.exp, ["weight", "age"]),
            (np.expm1, ["weight"]),
            (np.abs, NUMBERS),
            (np.cbrt, NUMBERS),
            (np.square, ["age", "size", "weight"]),
            (np.sin, ["age", "weight"]),
            (np.cos, ["age", "weight"]),
            (np.tanh, NUMBERS),
            (np.sign, NUMBERS),
            (np.negative, NUMBERS),
        )
    },
    "the square of scaled numbers": (make_pipeline(StandardScaler(), FunctionTransformer(np.square)), NUMBERS),
    "a function of nothing": (FunctionTransformer(), NUMBERS),
}
CATEGORICAL: dict[str, tuple[Any, list[str]]] = {
    "one-hot": (OneHotEncoder(handle_unknown="ignore"), CATEGORIES),
    "one-hot with rare ones": (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=35), CATEGORIES),
    "one-hot of few": (OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=2), CATEGORIES),
    "one-hot with a warning": (OneHotEncoder(handle_unknown="infrequent_if_exist", drop="first"), CATEGORIES),
    "one-hot, some dropped": (OneHotEncoder(handle_unknown="ignore", drop=["red", "yonder"]), [*CLOSED, *OPEN]),
    "one-hot of numbers": (OneHotEncoder(handle_unknown="ignore"), ["age", "rank", "size"]),
    "one-hot of floats": (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=2), ["height", "rank"]),
    "one-hot, closed": (OneHotEncoder(), ["colour", "shade"]),
    "ordinal": (
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2),
        CATEGORIES,
    ),
    "ordinal of numbers": (
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=9999, encoded_missing_value=7777),
        ["age", "rank", "size", "height"],
    ),
    "ordinal with rare ones": (
        OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2, min_frequency=30
        ),
        CATEGORIES,
    ),
    "ordinal of few": (
        OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=50, encoded_missing_value=-2, max_categories=2
        ),
        CATEGORIES,
    ),
    "ordinal, filled": (
        make_pipeline(
            OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), SimpleImputer(add_indicator=True)
        ),
        CATEGORIES,
    ),
    "ordinal, closed": (OrdinalEncoder(), CLOSED),
    "target": (TargetEncoder(cv=2), CATEGORIES),
    "target of numbers": (TargetEncoder(cv=2), ["age", "rank", "height"]),
    "target, continuous": (TargetEncoder(cv=2, target_type="continuous", smooth=3.0), CATEGORIES),
    "target, then bins": (make_pipeline(TargetEncoder(cv=2), StandardScaler()), CATEGORIES),
    "most frequent, then one-hot": (
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
        CATEGORIES,
    ),
    "filled texts and numbers, then one-hot": (
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
        ["place", "age", "height"],
    ),
    "constant, then one-hot": (
        make_pipeline(SimpleImputer(strategy="constant"), OneHotEncoder(handle_unknown="ignore")),
        CATEGORIES,
    ),
    "filled, then closed": (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["shade"]),
    "a text that counts as missing": (
        make_pipeline(
            SimpleImputer(strategy="most_frequent", missing_values="?"), OneHotEncoder(handle_unknown="ignore")
        ),
        ["place", "colour"],
    ),
    "indicator of categories": (MissingIndicator(features="all"), CATEGORIES),
    "bins, then one-hot": (
        make_pipeline(KBinsDiscretizer(4, encode="ordinal"), OneHotEncoder(handle_unknown="ignore")),
        NUMBERS,
    ),
    "filled numbers, then one-hot": (
        make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
        ["rank", "height"],
    ),
}
EVERY = {**NUMERIC, **CATEGORICAL}
if "clip" in MaxAbsScaler().get_params():  # since scikit-learn 1.9
    EVERY["max-abs clipped"] = (MaxAbsScaler(clip=True), NUMBERS)
if VERSION >= (1, 6):
    EVERY["one-hot that warns"] = (OneHotEncoder(handle_unknown="warn", min_frequency=35, drop="first"), CATEGORIES)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("transformer", "names"), EVERY.values(), ids=EVERY)
def test_a_transformer_alone_is_equal(transformer: Any, names: list[str]) -> None:
    """Probabilities are scikit-learn's, of two classes and of three, wherever a row may be."""
    for target in (TWO, THREE):
        estimator = _fitted(transformer, names, target)
        scorer = export(estimator, FIELDS)
        assert prove(estimator, scorer, EDGES) <= 1e-12
        loaded = pickle.loads(pickle.dumps(scorer))
        assert loaded.predict_many(ROWS) == scorer.predict_many(ROWS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("transformer", "names"), EVERY.values(), ids=EVERY)
def test_a_stage_makes_the_same_columns(transformer: Any, names: list[str]) -> None:
    """Nothing hides behind a saturated probability: each column is scikit-learn's, to 1e-12 of its size."""
    fitted = clone(transformer).fit(frame(ROWS)[names], TWO)
    expected = fitted.transform(frame(EDGES)[names])
    expected = np.asarray(expected.toarray() if hasattr(expected, "toarray") else expected, dtype=float)
    stage, sources = Step("", FIELDS, REGISTRY, {}).transform("", fitted, [_source(name) for name in names])
    made = np.asarray([stage.apply(_columns(row, names)) for row in EDGES], dtype=float)
    assert made.shape == expected.shape
    assert len(sources) == expected.shape[1]
    # Sums of products at the edges, where numbers of 1e9 are put into cubes, keep fewer digits.
    assert np.array_equal(np.isnan(made), np.isnan(expected))
    size = np.maximum(1.0, np.nanmax(np.abs(expected), axis=1, keepdims=True))
    assert np.nanmax(np.abs(made - expected) / size) <= 1e-12


def _source(name: str) -> Source:
    field = next(field for field in FIELDS.fields if field.name == name)
    category = field.kind == "category"
    return Source(frozenset({name}), None if category else UNCHANGED, category=category)


def _columns(row: Row, names: list[str]) -> list[Any]:
    kinds = {field.name: field.kind for field in FIELDS.fields}
    return [float("nan") if row[name] is None and kinds[name] != "category" else row[name] for name in names]
