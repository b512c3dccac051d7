"""Assemblers of GradientBoosting estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor

from challenge_neuralworks.training.export.trees.compiling import tree_head
from challenge_neuralworks.training.export.trees.ensemble import Ensemble
from challenge_neuralworks.training.export.trees.float32 import float32_inputs
from challenge_neuralworks.training.export.trees.grown import grown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

CLASSIFIERS = {"log_loss": "sigmoid", "exponential": "sigmoid-of-twice"}
REGRESSORS = dict.fromkeys(("squared_error", "absolute_error", "huber", "quantile"), "identity")


def gradient_boosting(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted GradientBoostingClassifier or GradientBoostingRegressor."""
    n_outputs = estimator.estimators_.shape[1]
    trees = [
        grown(fitted.tree_, estimator.learning_rate) for k in range(n_outputs) for fitted in estimator.estimators_[:, k]
    ]
    # Its trees could go on without a value, but it refuses NaN before they see it.
    inputs = float32_inputs(missing=False)
    link = _link(estimator, n_outputs, step)
    return tree_head(Ensemble(trees, bases_of(estimator, n_outputs, step), link, inputs=inputs), columns, step)


def _link(estimator: Any, n_outputs: int, step: Step) -> str:
    links = CLASSIFIERS if is_classifier(estimator) else REGRESSORS
    if estimator.loss not in links:
        step.refuse(f"{type(estimator).__name__}(loss={estimator.loss!r})", f"use one of {', '.join(links)}")
    return "softmax" if n_outputs > 1 else links[estimator.loss]


def bases_of(estimator: Any, n_outputs: int, step: Step) -> list[float]:
    """Return the raw prediction of each output before the first tree.

    Raises
    ------
    Unsupported : another estimator makes it.
    """
    if isinstance(estimator.init_, str) and estimator.init_ == "zero":
        return [0.0] * n_outputs
    if type(estimator.init_) not in {DummyClassifier, DummyRegressor} or (
        getattr(estimator.init_, "strategy", None) in {"stratified", "uniform"}
    ):
        step.refuse(f"{type(estimator).__name__}(init={estimator.init_!r})", "leave init out, or set it to 'zero'")
    row = np.zeros((1, estimator.n_features_in_), dtype=np.float32)
    # A dummy's answer is the same for any row.
    return [float(base) for base in estimator._raw_predict_init(row).ravel()]  # noqa: SLF001 - no public name
