"""What transformers cannot be exported is refused by step, class and parameter; and the less common ways they are."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
)

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.scorers.stages.functions import FUNCTIONS
from challenge_neuralworks.scorers.stages.quantiles import inverse_normal
from challenge_neuralworks.signature import LARGEST, Field, Row, Signature
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.equality import prove
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.preprocessing.functions import REGISTERED, register_function
from challenge_neuralworks.training.frames import frame

FIELDS = Signature(
    (
        Field("place", "category", "Open.", "here", categories=("here", "there"), unknown="accept", missing="accept"),
        Field("shade", "category", "Closed.", "a", categories=("a", "b"), missing="accept"),
        Field("age", "integer", "Small.", 3, minimum=0, maximum=9),
        Field("weight", "number", "Bounded.", 1.5, minimum=-10.0, maximum=10.0),
        Field("length", "number", "Unbounded.", 1.5),
        Field("height", "number", "May be missing.", 50.0, minimum=0.0, maximum=100.0, missing="accept"),
    )
)


def _rows(count: int) -> list[Row]:
    draw = random.Random(3)
    return [
        {
            "place": draw.choice(("here", "here", "there", "yonder", None)),
            "shade": draw.choice(("a", "b")),
            "age": draw.choice((0, 2, 3, 7, 9)),
            "weight": draw.uniform(-10, 10),
            "length": draw.gauss(0, 3),
            "height": draw.choice((None, 10.0, draw.uniform(0, 100))),
        }
        for _ in range(count)
    ]


ROWS = _rows(90)
TARGET = [int(index % 3 == 0) for index in range(len(ROWS))]


def _fitted(transformer: Any, names: Any, rows: list[Row] = ROWS) -> Any:
    encode = ColumnTransformer([("part", transformer, names)])
    return Pipeline([("encode", encode), ("classify", LogisticRegression())]).fit(frame(rows), TARGET)


def _double(values: Any) -> Any:
    return values * 2


def _logarithm(values: Any) -> Any:
    return np.log1p(np.asarray(values))


def _half(dtype: Any) -> Any:
    return KBinsDiscretizer(3, dtype=dtype)


def _gapless(transformer: Any) -> Any:
    rows: list[Row] = [{**row, "height": 5.0 + index % 7} for index, row in enumerate(ROWS)]
    return _fitted(transformer, ["height"], rows)


SPLINE = {"n_knots": 4, "degree": 1}
REFUSED = {
    "a function of one's own": (
        lambda: _fitted(FunctionTransformer(_double), ["weight"]),
        r"step 'encode\.part': FunctionTransformer\(func=<function _double .*`register_function`",
    ),
    "a function with arguments": (
        lambda: _fitted(FunctionTransformer(np.tanh, kw_args={"casting": "safe"}), ["weight"]),
        r"FunctionTransformer\(kw_args=\.\.\.\)",
    ),
    "integers squared beyond 64 bits": (
        lambda: _fitted(FunctionTransformer(np.square), ["length"]),
        r"numpy\.square of \['length'\], whose integers may overflow",
    ),
    "bins in half precision": (lambda: _fitted(_half(np.float32), ["weight"]), r"KBinsDiscretizer\(dtype=.*float32"),
    "Box-Cox of what may be negative": (
        lambda: _gapless(PowerTransformer("box-cox")),
        r"PowerTransformer\(method='box-cox'\) of \['height'\], which may not be positive",
    ),
    "lines beyond splines of degree 1, of two columns": (
        lambda: _fitted(SplineTransformer(**SPLINE, extrapolation="linear"), ["weight", "length"]),
        r"SplineTransformer\(degree=1, extrapolation='linear'\) of 2 columns",
    ),
    "splines that raise beyond their knots": (
        lambda: _fitted(SplineTransformer(extrapolation="error"), ["length"]),
        r"extrapolation='error'\) of \['length'\], which may pass the knots",
    ),
    "steps held beyond their ends": (
        lambda: _fitted(SplineTransformer(degree=0), ["length"]),
        r"SplineTransformer\(degree=0, extrapolation='constant'\)",
    ),
    "quantiles of a sparse matrix": (
        lambda: _fitted(
            make_pipeline(OneHotEncoder(handle_unknown="ignore"), QuantileTransformer(n_quantiles=5)), ["place"]
        ),
        r"step 'encode\.part\.quantiletransformer': QuantileTransformer of a sparse matrix",
    ),
    "edges that a logarithm's last digit decides": (
        lambda: _fitted(make_pipeline(PowerTransformer(), KBinsDiscretizer(3)), ["weight"]),
        r"KBinsDiscretizer after PowerTransformer, whose last digit decides,",
    ),
    "an indicator that raises": (
        lambda: _fitted(MissingIndicator(), ["height", "shade"]),
        r"MissingIndicator\(error_on_new=True\) of \['shade'\], which may be missing",
    ),
    "an ordinal encoder that raises": (
        lambda: _fitted(OrdinalEncoder(encoded_missing_value=-1), ["place"]),
        r"OrdinalEncoder\(handle_unknown='error'\) of 'place'",
    ),
    "an encoder that raises on what an imputer leaves": (
        lambda: _fitted(make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["place"]),
        r"OneHotEncoder\(handle_unknown='error'\) of 'place'",
    ),
    "an encoder of computed numbers that raises": (
        lambda: _fitted(make_pipeline(KBinsDiscretizer(3, encode="ordinal"), OneHotEncoder()), ["weight"]),
        r"handle_unknown='error'\) of a computed column",
    ),
    **{
        f"{kind.__name__} of what may be missing": (
            partial(_gapless, kind()),
            rf"step 'encode\.part': {kind.__name__}.* of \['height'\], which may be missing,.*put an imputer before it",
        )
        for kind in (KBinsDiscretizer, Normalizer, PCA, PolynomialFeatures, SplineTransformer)
    },
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_expressed_is_refused_by_name(make: Any, message: str) -> None:
    """Nothing is approximated: the error names step, class and parameter, and what to do."""
    with pytest.raises(Unsupported, match=message):
        export(make(), FIELDS)


BOUNDED = Signature(field for field in FIELDS.fields if field.name in {"age", "weight"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "transformer",
    [
        PCA(),
        PCA(1, whiten=True),
        TruncatedSVD(1),
        make_pipeline(StandardScaler(), PCA(whiten=True)),
        make_pipeline(PolynomialFeatures(), TruncatedSVD(3)),
    ],
    ids=["all", "whitened", "SVD", "scaled", "of products"],
)
def test_projections_are_equal_to_nine_digits(transformer: Any) -> None:
    """Sums of products are rounded in another order, so that their last digits may differ; no more than those."""
    estimator = _fitted(transformer, ["age", "weight"])
    rows: list[Row] = [{**ROWS[0], **row} for row in edge_rows(BOUNDED, mixed=50)]
    assert prove(estimator, export(estimator, FIELDS), [*ROWS, *rows], 1e-9) <= 1e-9


@pytest.mark.filterwarnings("ignore")
def test_a_registered_function_is_exported_by_name() -> None:
    """A function of one's own is served once it is said which function of a number it is."""
    register_function(_logarithm, "log1p")
    try:
        estimator = _fitted(FunctionTransformer(_logarithm), ["age"])
        assert prove(estimator, export(estimator, FIELDS), ROWS) <= 1e-12
    finally:
        del REGISTERED[_logarithm]
    with pytest.raises(KeyError, match="no function 'gamma'; they have absolute, cbrt"):
        register_function(_logarithm, "gamma")


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_are_numpys_everywhere(name: str) -> None:
    """Beyond the bounds of a function, numpy gives NaN or an infinity; the scorer gives the same and raises nothing."""
    values = [0.0, 1.0, -1.0, 1e-300, -1e-300, 1e300, -1e300, 800.0, -800.0, np.inf, -np.inf, np.nan, 3.7, -3.7]
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(np.array(values))
    made = [FUNCTIONS[name](value) for value in values]
    assert made == pytest.approx(expected.tolist(), rel=1e-15, abs=0.0, nan_ok=True)


def test_the_inverse_normal_has_fifteen_digits() -> None:
    """The tails, too, agree with scipy."""
    from scipy.stats import norm

    for share in [1e-300, 1e-20, 1e-7, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.93, 0.999, 1 - 1e-9]:
        assert inverse_normal(share) == pytest.approx(norm.ppf(share), rel=1e-14, abs=1e-15)


@pytest.mark.filterwarnings("ignore")
def test_derived_features_are_imputed_and_encoded() -> None:
    """A feature that no field declares, text or number, may be missing, and may be new."""
    draw = random.Random(5)
    rows = [
        {**row, "both": draw.choice(("a", "b", "?", None)), "ratio": draw.choice((None, 1.0, 2.0, draw.random()))}
        for row in ROWS
    ]
    texts = make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder(handle_unknown="ignore"))
    encode = ColumnTransformer(
        [
            ("texts", texts, ["both", "place"]),
            ("raw", OneHotEncoder(handle_unknown="ignore"), ["both"]),
            ("numbers", make_pipeline(MinMaxScaler(), SimpleImputer(add_indicator=True)), ["ratio", "height"]),
        ]
    )
    estimator = make_pipeline(encode, LogisticRegression()).fit(frame(rows), TARGET)
    new: list[Row] = [
        {**rows[0], "both": both, "ratio": ratio} for both in ("new", "a", None) for ratio in (-5.0, 7.5, None)
    ]
    assert prove(estimator, export(estimator, FIELDS), [*rows, *new]) <= 1e-12


@pytest.mark.filterwarnings("ignore")
def test_columns_of_nothing_but_gaps_are_left_out_or_kept() -> None:
    """An imputer drops what it never saw a value of, unless told to keep it."""
    rows: list[Row] = [{**row, "height": None} for row in ROWS]
    for keep in (False, True):
        transformer = SimpleImputer(keep_empty_features=keep, add_indicator=True)
        estimator = _fitted(transformer, ["height", "weight"], rows)
        assert prove(estimator, export(estimator, FIELDS), [*rows, *edge_rows(FIELDS, mixed=20)]) <= 1e-12


@pytest.mark.filterwarnings("ignore")
def test_a_union_may_come_first() -> None:
    """A FeatureUnion takes the features themselves, each part all of them."""
    names = ["age", "weight"]
    rows = [{name: row[name] for name in names} for row in ROWS]
    union = FeatureUnion(
        [("squares", PolynomialFeatures()), ("bins", KBinsDiscretizer(3)), ("left", "drop"), ("as is", "passthrough")],
        transformer_weights={"squares": 0.5},
    )
    estimator = make_pipeline(union, LogisticRegression()).fit(frame(rows), TARGET)
    assert prove(estimator, export(estimator, FIELDS), [*rows, *edge_rows(BOUNDED, mixed=50)]) <= 1e-12


@pytest.mark.filterwarnings("ignore")
def test_what_is_folded_is_not_computed() -> None:
    """Beside a computed column, parts that became tables cost nothing: the stage leaves them out."""
    encode = ColumnTransformer(
        [
            ("places", OneHotEncoder(handle_unknown="ignore"), ["place"]),
            ("bent", MinMaxScaler(), ["weight"]),
            ("small", KBinsDiscretizer(3), ["age"]),
            ("more", make_pipeline(SimpleImputer(), MinMaxScaler()), ["height"]),
        ]
    )
    estimator = make_pipeline(encode, LogisticRegression()).fit(frame(ROWS), TARGET)
    scorer: Any = export(estimator, FIELDS)
    assert [positions for positions, _ in scorer.head.stage.stage.branches] == [(3,), (5,)]
    assert prove(estimator, scorer, [*ROWS, *edge_rows(FIELDS, mixed=50)]) <= 1e-12


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", [2**53 + 1, 10**18, -(10**18)])
def test_huge_integers_do_not_overflow(number: int) -> None:
    """Python's integers have no bounds; products of them are those of floats, as scikit-learn's."""
    for transformer in (PolynomialFeatures(3), Normalizer(), MinMaxScaler(), StandardScaler()):
        estimator = _fitted(transformer, ["length", "weight"])
        scorer = export(estimator, FIELDS)
        row = {**ROWS[0], "length": number, "weight": 3}
        assert prove(estimator, scorer, [row]) <= 1e-12
    assert abs(number) < LARGEST


@pytest.mark.filterwarnings("ignore")
def test_missing_text_is_what_frames_make_of_it() -> None:
    """None and NaN in a column of texts are two categories; a row holds but the one that frames hold."""
    table = frame(ROWS)
    table["place"] = pd.Series([row["place"] for row in ROWS], dtype=object)
    table.loc[::7, "place"] = np.nan
    encode = ColumnTransformer([("part", OneHotEncoder(handle_unknown="ignore"), ["place"])])
    estimator = make_pipeline(encode, LogisticRegression()).fit(table, TARGET)
    assert prove(estimator, export(estimator, FIELDS), ROWS) <= 1e-12


@pytest.mark.filterwarnings("ignore")
def test_derived_truths_are_numbers_and_categories() -> None:
    """A feature that is true or false is encoded as two categories and scaled as 0 and 1."""
    rows: list[Any] = [{**row, "heavy": index % 4 == 0} for index, row in enumerate(ROWS)]
    encode = ColumnTransformer(
        [("one", OneHotEncoder(handle_unknown="ignore"), ["heavy"]), ("two", StandardScaler(), ["heavy"])]
    )
    estimator = make_pipeline(encode, LogisticRegression()).fit(frame(rows), TARGET)
    assert prove(estimator, export(estimator, FIELDS), rows) <= 1e-12
