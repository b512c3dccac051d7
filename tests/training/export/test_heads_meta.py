"""Estimators that hold estimators: the scorer answers as scikit-learn does, whatever is inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Perceptron,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.signature import LARGEST, Signature
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.heads.thresholds import chosen_threshold
from tests.making import TOY
from tests.training.export.fitting import POSITIVE, SAMME, THREE, TWO, VALUE, VERSION, difference, encoder, fit, fitted

NAIVE = GaussianNB(var_smoothing=0.1)
LOGISTIC = LogisticRegression()
BOTH = [("logistic", LOGISTIC), ("naive", NAIVE)]
MIXED = [*BOTH, ("ridge", RidgeClassifier()), ("machine", LinearSVC())]
OLD = VERSION < (1, 6)

CLASSIFIERS = {
    "sigmoid of decisions": CalibratedClassifierCV(LinearSVC(), cv=3),
    "sigmoid of probabilities": CalibratedClassifierCV(NAIVE, cv=3),
    "sigmoid, one for all folds": CalibratedClassifierCV(RidgeClassifier(), cv=3, ensemble=False),
    "sigmoid of a network": CalibratedClassifierCV(MLPClassifier((3,), max_iter=5, random_state=0), cv=2),
    "sigmoid of hinges": CalibratedClassifierCV(SGDClassifier(random_state=0), cv=3),
    "sigmoid of a perceptron": CalibratedClassifierCV(Perceptron(), cv=3),
    "sigmoid of an alpha chosen": CalibratedClassifierCV(RidgeClassifierCV(), cv=3),
    "sigmoid of a pipeline": CalibratedClassifierCV(make_pipeline(StandardScaler(), LinearSVC()), cv=3),
    "sigmoid of a search": CalibratedClassifierCV(GridSearchCV(LinearSVC(), {"C": [0.1, 1.0]}, cv=3), cv=2),
    "isotonic": CalibratedClassifierCV(LOGISTIC, method="isotonic", cv=3),
    "isotonic of probabilities": CalibratedClassifierCV(NAIVE, method="isotonic", cv=3, ensemble=False),
    "voting": VotingClassifier(BOTH, voting="soft"),
    "voting with weights": VotingClassifier([*BOTH, ("out", "drop")], voting="soft", weights=[3, 0.5, 9]),
    "voting of a calibrated machine": VotingClassifier(
        [*BOTH, ("machine", CalibratedClassifierCV(LinearSVC(), cv=2))], voting="soft"
    ),
    "voting of pipelines": VotingClassifier(
        [("one", make_pipeline(StandardScaler(), NAIVE)), ("two", LOGISTIC)], voting="soft"
    ),
    "stacking": StackingClassifier(MIXED, cv=3),
    "stacking with passthrough": StackingClassifier(MIXED, cv=3, passthrough=True),
    "stacking of probabilities": StackingClassifier(BOTH, NAIVE, cv=3, stack_method="predict_proba"),
    "stacking in a calibration": CalibratedClassifierCV(StackingClassifier(MIXED, LinearSVC(), cv=2), cv=2),
    "stacking of a search": StackingClassifier(
        [("search", RandomizedSearchCV(LOGISTIC, {"C": [0.1, 1.0]}, n_iter=2, cv=2)), ("out", "drop")], cv=2
    ),
    "search": GridSearchCV(LOGISTIC, {"C": [0.1, 1.0]}, cv=2),
    "boosted naive Bayes": AdaBoostClassifier(BernoulliNB(), n_estimators=5, random_state=0, **SAMME),
    "boosted probabilities": AdaBoostClassifier(NAIVE, n_estimators=5, random_state=0, **SAMME),
}
SMALL = DecisionTreeClassifier(max_depth=3, random_state=0)
GROWN = GradientBoostingClassifier(n_estimators=4, random_state=0)
CLASSIFIERS |= {
    "isotonic of a tree": CalibratedClassifierCV(SMALL, method="isotonic", cv=2),
    "isotonic of boosting": CalibratedClassifierCV(GROWN, method="isotonic", cv=2),
    "boosted stumps": AdaBoostClassifier(n_estimators=9, random_state=0, **SAMME),
    "boosted trees": AdaBoostClassifier(SMALL, n_estimators=5, random_state=0, **SAMME),
    "stacking of trees": StackingClassifier([("a", SMALL), ("b", GROWN), ("c", LinearSVC())], LOGISTIC, cv=2),
    "voting of trees": VotingClassifier([("a", SMALL), ("b", LOGISTIC)], voting="soft"),
}
if OLD:
    for kind in ("SAMME", "SAMME.R"):
        CLASSIFIERS[f"boosted {kind}"] = AdaBoostClassifier(LOGISTIC, n_estimators=4, algorithm=kind, random_state=0)
else:
    from sklearn.frozen import FrozenEstimator

    CLASSIFIERS["boosted decisions"] = AdaBoostClassifier(LOGISTIC, n_estimators=4, random_state=0)


@pytest.mark.parametrize("target", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("estimator", CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_classifiers_are_equal(estimator: Any, target: Any) -> None:
    """Over encoded columns, a meta-estimator's probabilities are scikit-learn's."""
    assert difference(fitted(estimator, target)) <= (1e-9 if "network" in str(estimator) else 1e-12)


@pytest.mark.parametrize("target", [TWO, THREE], ids=["two", "three"])
def test_members_over_the_features_fold_on_their_own(target: Any) -> None:
    """A pipeline inside a meta-estimator encodes the features in its own way."""
    one = Pipeline([("encode", encoder()), ("estimate", LogisticRegression())])
    two = Pipeline([("encode", encoder(mixes=True)), ("estimate", LinearSVC())])
    three = Pipeline([("encode", encoder(mixes=True)), ("estimate", NAIVE)])
    assert difference(fit(CalibratedClassifierCV(two, cv=2), target)) <= 1e-12
    assert difference(fit(VotingClassifier([("one", one), ("three", three)], voting="soft"), target)) <= 1e-12
    assert difference(fit(StackingClassifier([("one", one), ("two", two)], three[-1], cv=2), target)) <= 1e-12
    assert difference(fit(GridSearchCV(one, {"estimate__C": [0.1, 1.0]}, cv=2), target)) <= 1e-12


GROWN_VALUES = GradientBoostingRegressor(n_estimators=4, random_state=0)
REGRESSORS = {
    "voting": VotingRegressor([("a", Ridge()), ("b", Ridge(30.0))], weights=[2, 1]),
    "stacking": StackingRegressor([("a", Ridge()), ("b", Ridge(30.0))], cv=2),
    "stacking with passthrough": StackingRegressor([("a", Ridge())], Ridge(2.0), cv=2, passthrough=True),
    "boosted": AdaBoostRegressor(Ridge(), n_estimators=7, random_state=0),
    "search": GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=2),
    "of logarithms": TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp),
    "of logarithms of one more": TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
    "boosted trees": AdaBoostRegressor(n_estimators=7, random_state=0),
    "voting of trees": VotingRegressor([("a", RandomForestRegressor(5, random_state=0)), ("b", Ridge())]),
    "logarithms of trees in a stack": StackingRegressor(
        [("a", TransformedTargetRegressor(GROWN_VALUES, func=np.log, inverse_func=np.exp))], cv=2
    ),
    "poisson in a vote": VotingRegressor([("a", PoissonRegressor()), ("b", Ridge())]),
}


@pytest.mark.parametrize("estimator", REGRESSORS.values(), ids=REGRESSORS)
def test_regressors_are_equal(estimator: Any) -> None:
    """Over encoded columns, folded or not, a meta-estimator's value is scikit-learn's."""
    assert difference(fitted(estimator, POSITIVE)) <= 1e-12
    assert difference(fitted(estimator, POSITIVE, mixes=True)) <= 1e-12


def test_an_exponential_that_bounds_hold_back_may_stack() -> None:
    """Where each feature has few values, or bounds, no answer is infinite."""
    assert difference(fitted(StackingRegressor([("a", PoissonRegressor()), ("b", Ridge())], cv=2), POSITIVE)) <= 1e-12


@pytest.mark.parametrize(
    "member",
    [
        PoissonRegressor(),
        GridSearchCV(PoissonRegressor(), {}, cv=2),
        VotingRegressor([("a", TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp))]),
    ],
    ids=str,
)
def test_an_exponential_without_end_is_refused_in_a_stack(member: Any) -> None:
    """scikit-learn's final estimator raises on infinity: where the signature lets it come, no scorer answers."""
    stack = StackingRegressor([("one", member)], Ridge(), cv=2)
    endless = Signature([field._replace(maximum=LARGEST) for field in TOY.fields])
    with pytest.raises(Unsupported, match=r"step 'estimate': .* inside a stack, whose exponential may be infinite"):
        export(fitted(stack, POSITIVE), endless)


def test_a_regressor_may_stack_under_a_classifier() -> None:
    """A regressor's value is what a stacked classifier asks of it."""
    stacking = StackingClassifier([("line", LinearRegression()), ("naive", NAIVE)], cv=2)
    assert difference(fit(stacking, np.arange(len(VALUE)) % 2, ["age", "weight"]), columns=["age", "weight"]) <= 1e-12


@pytest.mark.skipif(OLD, reason="frozen estimators came with scikit-learn 1.6")
def test_frozen_estimators_are_what_they_hold() -> None:
    """Freezing changes how an estimator is fitted, and nothing of what it answers."""
    frozen = FrozenEstimator(fitted(LogisticRegression(), TWO))
    assert difference(frozen) <= 1e-12
    assert difference(fit(CalibratedClassifierCV(frozen), TWO)) <= 1e-12
    assert chosen_threshold(FrozenEstimator(FixedThresholdClassifier(frozen, threshold=0.2))) == 0.2
    assert difference(fit(CalibratedClassifierCV(FrozenEstimator(fitted(LinearSVC(), THREE))), THREE)) <= 1e-12


@pytest.mark.skipif(
    not hasattr(sklearn.calibration, "_TemperatureScaling"),
    reason="temperatures came with scikit-learn 1.8",
)
def test_temperatures_are_equal() -> None:
    """One temperature for all classes scales the decisions of two, or the logarithms of probabilities."""
    for estimator, target in ((LOGISTIC, TWO), (NAIVE, TWO), (NAIVE, THREE)):
        model = fitted(CalibratedClassifierCV(estimator, method="temperature", cv=2), target)
        assert difference(model) <= 1e-12
    with pytest.raises(Unsupported, match="of decisions cannot be exported; use method 'sigmoid'"):
        difference(fitted(CalibratedClassifierCV(LOGISTIC, method="temperature", cv=2), THREE))


def test_thresholds_leave_probabilities_alone_and_are_told() -> None:
    """A threshold moves labels: the scorer gives the probabilities, and training asks for the threshold."""
    numbered = (TWO == "yes").astype(int)
    fixed = fitted(FixedThresholdClassifier(LogisticRegression(), threshold=0.3), numbered)
    tuned = fitted(TunedThresholdClassifierCV(LogisticRegression(), cv=2), numbered)
    assert max(difference(fixed), difference(tuned)) <= 1e-12
    assert chosen_threshold(fixed) == 0.3
    assert chosen_threshold(tuned) == float(tuned[-1].best_threshold_)
    assert chosen_threshold(FixedThresholdClassifier(LOGISTIC).fit([[0.0], [1.0]], [0, 1])) == 0.5
    assert chosen_threshold(fitted(LogisticRegression(), TWO)) is None
