"""Assemblers of estimators that hold one other estimator, or none at all."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import ensemble
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.model_selection._search_successive_halving import HalvingGridSearchCV, HalvingRandomSearchCV

from challenge_neuralworks.scorers.ensembles import ConstantHead, LinkedHead
from challenge_neuralworks.training.export.heads.boosting import boosted_classifier, boosted_regressor
from challenge_neuralworks.training.export.heads.calibration import calibrated
from challenge_neuralworks.training.export.heads.nesting import nested
from challenge_neuralworks.training.export.heads.rounding import is_sum, refuse_float32
from challenge_neuralworks.training.export.heads.stacking import stacked_classifier, stacked_regressor
from challenge_neuralworks.training.export.heads.thresholds import chosen_threshold
from challenge_neuralworks.training.export.heads.voting import voting_classifier, voting_regressor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import HeadOfColumns, Step
    from challenge_neuralworks.training.export.columns import Column

try:
    from sklearn.frozen import FrozenEstimator
except ImportError:  # scikit-learn 1.5
    FrozenEstimator = None

INVERSES: dict[Callable[..., Any] | None, str] = {None: "identity", np.exp: "exp", np.expm1: "expm1"}
"""Inverse of a target's transformation -> link."""


def searched(search: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the best estimator of a fitted search."""
    if not hasattr(search, "best_estimator_"):
        step.refuse(f"{type(search).__name__}(refit=False)", "let it refit the best estimator")
    return step.head("best_estimator_", search.best_estimator_, columns)


def frozen(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return what a FrozenEstimator holds."""
    return step.head("estimator", estimator.estimator, columns)


def thresholded(classifier: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the probabilities of a classifier with a threshold, which `chosen_threshold` tells."""
    chosen_threshold(classifier, step)
    return step.head("estimator_", getattr(classifier, "estimator_", classifier.estimator), columns)


def constant_classifier(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted DummyClassifier that says the same to everything."""
    if estimator.strategy == "stratified":
        step.refuse("DummyClassifier(strategy='stratified'), which draws at random,", "use strategy='prior'")
    if estimator.n_outputs_ != 1:
        step.refuse(f"DummyClassifier of {estimator.n_outputs_} outputs", "fit one classifier an output")
    return ConstantHead(map(float, _without_warnings(estimator.predict_proba)[0]))


def constant_regressor(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted DummyRegressor."""
    if estimator.n_outputs_ != 1:
        step.refuse(f"DummyRegressor of {estimator.n_outputs_} outputs", "fit one regressor an output")
    return ConstantHead(map(float, np.ravel(estimator.constant_)))


def transformed_target(regressor: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted TransformedTargetRegressor whose inverse function is known by name."""
    link = INVERSES.get(regressor.inverse_func) if regressor.transformer is None else None
    if link is None:
        given = f"inverse_func={regressor.inverse_func!r}, transformer={regressor.transformer!r}"
        step.refuse(f"TransformedTargetRegressor({given})", "use inverse_func=np.exp or np.expm1")
    if link != "identity" and not is_sum(regressor.regressor_):
        refuse_float32(regressor.regressor_, "an exponential", step)
    return LinkedHead(nested("regressor_", regressor.regressor_, columns, step), link)


def _without_warnings(predict: Callable[..., Any]) -> Any:
    with warnings.catch_warnings():
        # A row of no names: a constant does not read it.
        warnings.simplefilter("ignore")
        return predict(np.zeros((1, 1)))


META: dict[type, HeadOfColumns] = {
    **dict.fromkeys((GridSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV, RandomizedSearchCV), searched),
    CalibratedClassifierCV: calibrated,
    DummyClassifier: constant_classifier,
    DummyRegressor: constant_regressor,
    FixedThresholdClassifier: thresholded,
    TransformedTargetRegressor: transformed_target,
    TunedThresholdClassifierCV: thresholded,
    ensemble.AdaBoostClassifier: boosted_classifier,
    ensemble.AdaBoostRegressor: boosted_regressor,
    ensemble.StackingClassifier: stacked_classifier,
    ensemble.StackingRegressor: stacked_regressor,
    ensemble.VotingClassifier: voting_classifier,
    ensemble.VotingRegressor: voting_regressor,
}
if FrozenEstimator is not None:
    META[FrozenEstimator] = frozen
