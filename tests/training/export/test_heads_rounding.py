"""XGBoost answers in float32: what stands over it may not multiply what that rounds away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.exactness import in_float32
from challenge_neuralworks.training.export.heads.rounding import STEEPEST
from tests.making import TOY
from tests.training.export.fitting import POSITIVE, SAMME, TWO, VERSION, difference, fit, fitted, library_or_skip

NUMBERED = (TWO == "yes").astype(int)
NAIVE = GaussianNB(var_smoothing=0.1)
LOGARITHMS: dict[str, Any] = {"func": np.log, "inverse_func": np.exp}


def classifier(**parameters: Any) -> Any:
    """Return a small classifier of XGBoost's, or skip."""
    return library_or_skip("xgboost").XGBClassifier(n_estimators=4, max_depth=3, n_jobs=1, **parameters)


def regressor(**parameters: Any) -> Any:
    """Return a small regressor of XGBoost's, or skip."""
    return library_or_skip("xgboost").XGBRegressor(n_estimators=4, max_depth=3, n_jobs=1, **parameters)


def refused(estimator: Any, target: Any) -> str:
    """Return why a fitted estimator is refused."""
    model = fitted(estimator, target)
    with pytest.raises(Unsupported) as refusal:
        export(model, TOY)
    return str(refusal.value)


def test_means_round_no_more() -> None:
    """Votes, gentle sigmoids and stacks of small weights stay within 1e-6."""
    members = [("trees", classifier()), ("naive", NAIVE)]
    gentle = LogisticRegression(C=0.1)
    for estimator in (
        VotingClassifier(members, voting="soft"),
        CalibratedClassifierCV(classifier(), cv=2),
        StackingClassifier(members, gentle, cv=2),
    ):
        assert difference(fitted(estimator, NUMBERED)) <= 1e-6


def test_sums_of_leaves_are_exact_under_anything() -> None:
    """Sums of float32 are the same here and there, as long as what follows is not in float32 itself."""
    members = [("trees", regressor()), ("line", Ridge())]
    for estimator in (
        VotingRegressor(members),
        StackingRegressor(members, LinearRegression(), cv=2),
        StackingRegressor(members[:1], LinearRegression(), cv=2, passthrough=True),
    ):
        assert difference(fitted(estimator, POSITIVE)) <= 1e-12
    assert difference(fitted(TransformedTargetRegressor(regressor(), **LOGARITHMS), POSITIVE)) <= 1e-6


@pytest.mark.parametrize("method", ["isotonic", "temperature"])
def test_steep_calibrations_are_refused(method: str) -> None:
    """Logarithms near 0, and steps, make much of a last digit; also of a mean of two classifiers."""
    if method == "temperature" and VERSION < (1, 8):
        method = "isotonic"
    vote = VotingClassifier([("trees", classifier()), ("naive", NAIVE)], voting="soft")
    for inner in (classifier(), vote):
        reason = refused(CalibratedClassifierCV(inner, method=method, cv=2), NUMBERED)
        assert f"{type(inner).__name__}, which answers in float32, under " in reason


def test_logarithms_of_boosted_votes_are_refused() -> None:
    """AdaBoost's SAMME.R, which later versions of scikit-learn lack, adds up logarithms of probabilities."""
    model = fitted(AdaBoostClassifier(classifier(), n_estimators=2, random_state=0, **SAMME), NUMBERED)
    model[-1].algorithm = "SAMME.R"
    with pytest.raises(Unsupported, match="AdaBoostClassifier, which answers in float32, under logarithms"):
        export(model, TOY)


def test_a_steep_sigmoid_is_refused() -> None:
    """A slope just up to the bound is taken, one beyond is not."""
    model = fitted(CalibratedClassifierCV(classifier(), cv=2), NUMBERED)
    calibrator = model[-1].calibrated_classifiers_[1].calibrators[0]
    calibrator.a_ = -STEEPEST
    assert difference(model) <= 1e-6
    calibrator.a_ = -STEEPEST * 1.01
    with pytest.raises(Unsupported, match=r"calibrated_classifiers_\[1\]': XGB.* under a steep sigmoid"):
        export(model, TOY)


def test_stacks_that_multiply_are_refused() -> None:
    """Weights over the bound, other final estimators, and stacks that scikit-learn itself computes in float32."""
    members = [("trees", classifier()), ("naive", NAIVE)]
    assert "float32, under a final LinearDisc" in refused(
        StackingClassifier(members, LinearDiscriminantAnalysis(), cv=2), NUMBERED
    )
    steep = fitted(StackingClassifier(members, LogisticRegression(), cv=2), NUMBERED)
    steep[-1].final_estimator_.coef_ *= 100.0
    with pytest.raises(Unsupported, match="float32, under a final LogisticRegression"):
        export(steep, TOY)
    alone = StackingRegressor([("trees", regressor())], Ridge(), cv=2)
    assert "XGBRegressor, which answers in float32, under a final Ridge" in refused(alone, POSITIVE)
    poisson = StackingRegressor([("trees", regressor(objective="count:poisson")), ("line", Ridge())], Ridge(), cv=2)
    assert "XGBRegressor, which answers in float32, under a final Ridge" in refused(poisson, POSITIVE)


def test_weights_on_other_members_do_not_count() -> None:
    """What answers in float64 may be multiplied by anything; here its two weights add up to more than the bound."""
    members = [("naive", NAIVE), ("trees", classifier()), ("line", LogisticRegression())]
    model = fitted(StackingClassifier(members, LogisticRegression(), cv=2, passthrough=True), NUMBERED)
    weights = model[-1].final_estimator_.coef_
    weights[0, [0, 2]] = (-STEEPEST, STEEPEST)
    weights[0, 1] = STEEPEST
    assert difference(model) <= 1e-6
    weights[0, 1] = -STEEPEST * 1.01
    with pytest.raises(Unsupported, match="float32, under a final LogisticRegression"):
        export(model, TOY)


def test_an_exponential_of_an_exponential_is_refused() -> None:
    """The inner one is rounded, and the outer one multiplies by its size."""
    twice = TransformedTargetRegressor(regressor(objective="count:poisson"), **LOGARITHMS)
    assert "XGBRegressor, which answers in float32, under an exponential" in refused(twice, np.exp(POSITIVE))


def test_what_is_held_counts() -> None:
    """Wherever XGBoost is inside, float32 is; elsewhere it is not."""
    assert in_float32(fitted(VotingRegressor([("one", regressor())]), POSITIVE))
    assert not in_float32(fitted(VotingRegressor([("one", Ridge())]), POSITIVE))


@pytest.mark.parametrize("is_sparse", [True, False])
def test_zeros_that_are_missing_are_refused(is_sparse: bool) -> None:
    """Of a sparse matrix XGBoost takes every zero for a missing value; the same columns, dense, are exported."""
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=is_sparse)
    for estimator in (classifier(), VotingClassifier([("trees", classifier())], voting="soft")):
        model = fit(make_pipeline(encode, estimator), NUMBERED, columns=["colour", "place"])
        if is_sparse:
            with pytest.raises(
                Unsupported, match=r"that give a sparse matrix, whose zeros are missing to XGBoost.*dense"
            ):
                export(model, TOY)
        else:
            assert difference(model, columns=["colour", "place"]) <= 1e-6
