"""Linear estimators whose last digits decide are refused, by what cancels or overflows, and large weights are not."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDRegressor
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.testing import check_export
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.frames import frame
from tests.making import TOY
from tests.training.export.fitting import ROWS, THREE, VALUE, difference, fit, fitted

TINY = Signature(
    [
        Field("current", "number", "Amperes.", 1.5e-4, "A", 0.0, 1e-3),
        Field("charge", "number", "Coulombs.", 2e-9, "C", 0.0, 1e-8),
        Field("time", "number", "Seconds since 1970.", 1.7e9, "s", 0.0, 4e9),
    ]
)
FREE = Signature(
    [
        Field("height", "number", "Without bounds.", 0.25),
        Field("steps", "integer", "Of many values.", 120, minimum=0, maximum=100_000),
        Field("colour", "category", "Closed.", "red", categories=("red", "dark green")),
    ]
)


def _tiny(count: int) -> list[Row]:
    draw = random.Random(4)
    return [
        {"current": draw.uniform(1e-5, 1e-3), "charge": draw.uniform(1e-9, 1e-8), "time": draw.uniform(1.6e9, 1.8e9)}
        for _ in range(count)
    ]


SMALL = _tiny(300)
CURRENT, CHARGE = (np.array([float(row[name]) for row in SMALL]) for name in ("current", "charge"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "estimator"),
    [
        (["current"], Ridge(alpha=1e-9)),
        (["current", "charge"], LinearRegression()),
        (["current", "charge"], make_pipeline(PolynomialFeatures(), LinearRegression())),
        (["current", "charge", "time"], make_pipeline(StandardScaler(), StandardScaler(), LinearRegression())),
    ],
    ids=["one", "two", "powers", "scaled twice"],
)
def test_numbers_in_small_units_have_large_weights(columns: list[str], estimator: Any) -> None:
    """Weights of 1e6 and more on columns of 1e-4 and less cancel nothing: what counts are the terms."""
    model = estimator.fit(frame(SMALL)[columns], CURRENT * 1e4 + CHARGE * 1e9)
    assert difference(model, SMALL, columns, TINY) <= 1e-12


def test_a_steep_logistic_regression_is_no_loss() -> None:
    """Classes that a line divides give weights as large as C allows, beside an intercept near 0."""
    target = CURRENT - CURRENT.mean() + (CHARGE - CHARGE.mean()) * 1e5 > 0
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1e6, max_iter=10_000)).fit(frame(SMALL), target)
    assert np.abs(model[-1].coef_).max() > 100.0
    assert difference(model, SMALL, signature=TINY) <= 1e-12


@pytest.mark.parametrize("scale", [1.0, 1e9])
def test_huge_weights_of_huge_targets_are_taken(scale: float) -> None:
    """A weight beyond any bound is no loss where its term is the score."""
    model = fitted(Ridge(), VALUE, mixes=True)
    model[-1].coef_ *= scale
    model[-1].coef_[-2] = 1.4e4 * scale
    assert difference(model) <= 1e-12


def test_an_example_near_zero_is_no_loss() -> None:
    """One row's score may be 0 by chance, beside others of the size of its terms."""
    model = fitted(Ridge(), VALUE, mixes=True)
    model[-1].coef_ *= 1e7
    model[-1].intercept_ = 0.0
    model[-1].intercept_ = -float(model.predict(frame([TOY.example()]))[0])
    usual = [row for row in ROWS if abs(model.predict(frame([row]))[0]) > 1e5]
    assert difference(model, usual) <= 1e-12


def test_weights_that_cancel_are_refused() -> None:
    """Columns that are alike get huge weights: their sum is rounding, and not the same wherever it is computed."""
    twice = FeatureUnion([("one", StandardScaler()), ("two", make_pipeline(StandardScaler(), StandardScaler()))])
    model = fit(Pipeline([("twice", twice), ("estimate", Ridge())]), VALUE, columns=["weight"])
    model[-1].coef_[:] = (1.4e13, -1.4e13)
    with pytest.raises(Unsupported, match=r"step 'estimate': .* together, cancel to scores of .*drop columns"):
        export(model, TOY)


def test_fields_that_go_together_cancel_on_the_example() -> None:
    """Two units of one length: on rows in which they are at odds, which no data hold, nothing cancels."""
    lengths = Signature(
        [
            Field("cm", "number", "In centimetres.", 127.0, "cm", 0.0, 300.0),
            Field("inch", "number", "In inches.", 50.0, "inch", 0.0, 120.0),
        ]
    )
    rows = [{"cm": 2.54 * inch, "inch": float(inch)} for inch in range(1, 100)]
    model = LinearRegression().fit(frame(rows), range(1, 100))
    assert difference(model, list(rows), signature=lengths) <= 1e-12
    model.coef_ += np.array([1e13, -2.54e13])
    with pytest.raises(Unsupported, match="cancel to scores of"):
        export(model, lengths)


@pytest.mark.parametrize(("offset", "is_lost"), [(1e3, False), (1e8, True), (1e13, True)])
def test_codes_that_an_intercept_takes_away_are_refused(offset: float, is_lost: bool) -> None:
    """Columns of one-hot codes add up to 1, so that each weight may hold what the intercept lacks."""
    model = fitted(Ridge(), VALUE)
    model[-1].coef_[:3] += offset
    model[-1].intercept_ -= offset
    if is_lost:
        with pytest.raises(Unsupported, match="cancel to scores of"):
            export(model, TOY)
    else:
        assert difference(model) <= 1e-12


def test_an_offset_that_all_classes_share_is_no_score() -> None:
    """Only what classes differ by counts: where they share 1e16, that is left to rounding."""
    model = fitted(LogisticRegression(), THREE)
    model[-1].coef_[:, 0] += 1.7e16
    model[-1].intercept_ -= 0.8e16
    with pytest.raises(Unsupported, match="cancel to scores of"):
        export(model, TOY)


def _free(count: int) -> list[Row]:
    draw = random.Random(5)
    return [
        {"height": draw.gauss(0, 3), "steps": draw.randint(0, 500), "colour": draw.choice(("red", "dark green"))}
        for _ in range(count)
    ]


def _fit_quietly(model: Any, rows: list[Row]) -> None:
    """Fit what need not converge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(frame(rows), [float(index % 7) for index in range(len(rows))])


def _diverged(weights: tuple[float, ...]) -> Any:
    numbers = PolynomialFeatures(include_bias=False, interaction_only=True)
    parts = [("colour", OrdinalEncoder(), ["colour"]), ("numbers", numbers, ["height", "steps"])]
    model = make_pipeline(ColumnTransformer(parts), SGDRegressor(max_iter=5, random_state=0))
    _fit_quietly(model, _free(70))
    model[-1].coef_[:] = weights
    return model


def test_a_sum_that_may_overflow_is_refused() -> None:
    """A diverged descent on a number without bounds: 9e11 times 1e300 is infinite, or no number, as terms come."""
    with pytest.raises(Unsupported, match=r"weights up to 9e\+11, whose sum may overflow, .*state minimum and maximum"):
        export(_diverged((3e8, -9e11, 2e11, 7e11)), FREE)


@pytest.mark.parametrize("weights", [(3.0, -900.0, 200.0, 7.0), (3.0, 9e11, 0.0, 0.0)], ids=["sums", "one term"])
def test_a_sum_that_is_the_same_in_any_order_is_taken(weights: tuple[float, ...]) -> None:
    """Usual weights do not overflow, and one term is infinite whatever stands beside it."""
    report = check_export(_diverged(weights), _free(70), FREE, sealed=False)
    assert "equal_on_huge_and_tiny_numbers" in str(report)


def test_bounds_in_the_signature_keep_a_sum_finite() -> None:
    """The remedy works: the same weights, with a field that says how far its numbers go."""
    bounded = Signature(
        [field._replace(minimum=-100.0, maximum=100.0) if field.name == "height" else field for field in FREE.fields]
    )
    report = check_export(_diverged((3e8, -9e11, 2e11, 7e11)), _free(70), bounded, sealed=False)
    assert "equal_at_the_edges" in str(report)


def test_a_number_is_scaled_before_it_is_weighted() -> None:
    """A product would overflow where scikit-learn's quotient does not."""
    parts = [("scaled", StandardScaler(), ["height"]), ("one", OneHotEncoder(drop="first"), ["colour"])]
    model = make_pipeline(ColumnTransformer(parts), Ridge()).fit(frame(_free(70)), [float(i % 7) for i in range(70)])
    model[0].named_transformers_["scaled"].scale_[:] = 1e10
    model[-1].coef_[0] = 1e9
    far: list[Row] = [{"height": 1e300, "steps": 1, "colour": "red"}, {"height": -1e300, "steps": 1, "colour": "red"}]
    assert difference(model, far, ["height", "colour"], FREE) <= 1e-12
