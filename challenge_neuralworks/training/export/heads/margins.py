"""Classifiers with a decision function and no probabilities: refused by themselves, taken where only that is asked.

Which of the two holds, a step says by its registry: what asks an estimator inside it for its decision function
looks it up in one that also knows these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn import linear_model
from sklearn.linear_model import Perceptron, RidgeClassifier, RidgeClassifierCV, SGDClassifier
from sklearn.svm import LinearSVC

from challenge_neuralworks.training.export.heads.linear import Linear, linear_head, matrix, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import HeadOfColumns, PlainHead, Step
    from challenge_neuralworks.training.export.columns import Column

REMEDY = "wrap it in CalibratedClassifierCV"

SGD_LINKS = {"log_loss": ("sigmoid", "one-vs-rest"), "modified_huber": ("modified-huber", "modified-huber")}
"""Loss that gives probabilities -> links of two classes and of more."""


def decision(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a linear classifier whose decision function alone is asked."""
    binarizer = getattr(estimator, "_label_binarizer", None)
    if binarizer is not None and binarizer.y_type_.startswith("multilabel"):
        step.refuse(f"{type(estimator).__name__} of many labels", "fit one classifier a label")
    return _linear(estimator, "margin", columns, step)


def no_probabilities(estimator: Any, n_columns: int, step: Step) -> Head:
    """Refuse a classifier that cannot say how sure it is."""
    step.refuse(f"{type(estimator).__name__}, which has no predict_proba,", REMEDY)


def sgd_classifier(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted SGDClassifier, where its loss gives probabilities."""
    if estimator.loss not in SGD_LINKS:
        step.refuse(f"SGDClassifier(loss={estimator.loss!r}), which has no predict_proba,", REMEDY)
    two, more = SGD_LINKS[estimator.loss]
    return _linear(estimator, two if len(estimator.classes_) == 2 else more, columns, step)


# Deprecated: a scikit-learn to come may lack it.
_AGGRESSIVE = getattr(linear_model, "PassiveAggressiveClassifier", Perceptron)

REFUSALS: dict[type, PlainHead] = dict.fromkeys(
    (LinearSVC, Perceptron, RidgeClassifier, RidgeClassifierCV, _AGGRESSIVE), no_probabilities
)
"""Of the registry's heads, where users' own assemblers replace them."""


def deciding(step: Step) -> Step:
    """Return the step for an estimator whose decision function is asked."""
    heads = step.registry.heads
    own = {kind: decision for kind in REFUSALS if heads.get(kind) is no_probabilities}
    return _with_folding(step, {**step.registry.folding, **own, SGDClassifier: decision})


def predicting(step: Step) -> Step:
    """Return the step for an estimator that is asked for its predictions."""
    folding = {kind: assemble for kind, assemble in step.registry.folding.items() if assemble is not decision}
    return _with_folding(step, {**folding, SGDClassifier: sgd_classifier})


def _linear(estimator: Any, link: str, columns: Sequence[Column], step: Step) -> Head:
    weights = matrix(estimator.coef_)
    return linear_head(Linear(weights, vector(estimator.intercept_, len(weights)), link), columns, step)


def _with_folding(step: Step, folding: dict[type, HeadOfColumns]) -> Step:
    return step._replace(registry=step.registry._replace(folding=folding))
