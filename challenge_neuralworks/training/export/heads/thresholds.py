"""The threshold that a classifier carries with it: stored in the manifest, where a request may move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import Pipeline

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.training.export.assembly import SERVE_ORIGINAL

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import Step

USUAL = 0.5
"""What scikit-learn takes a FixedThresholdClassifier's ``auto`` for, of probabilities."""


def chosen_threshold(estimator: Any, step: Step | None = None) -> float | None:
    """Return the probability of the second class from which on a fitted classifier says that class, if it says so.

    Parameters
    ----------
    estimator : any; None is returned for one that is neither FixedThresholdClassifier nor
        TunedThresholdClassifierCV, nor a pipeline or a search that ends in one.
    step : where it stands in a pipeline, for messages.

    Raises
    ------
    Unsupported : the threshold is one of a decision function, or of the first class.
    """
    estimator = _innermost(estimator)
    if type(estimator) not in {FixedThresholdClassifier, TunedThresholdClassifierCV}:
        return None
    where = (step.path if step else "") or "estimator"
    inner = getattr(estimator, "estimator_", estimator.estimator)
    if estimator.response_method == "decision_function" or not hasattr(inner, "predict_proba"):
        what = f"{type(estimator).__name__} with a threshold of the decision function"
        raise Unsupported(where, what, f"set response_method='predict_proba', {SERVE_ORIGINAL}")
    if _positive(estimator) not in {None, estimator.classes_[-1]}:
        what = f"{type(estimator).__name__} with a threshold of the first class"
        raise Unsupported(where, what, f"let pos_label be the second class, {SERVE_ORIGINAL}")
    found = estimator.best_threshold_ if hasattr(estimator, "best_threshold_") else estimator.threshold
    return USUAL if found == "auto" else float(found)


def _innermost(estimator: Any) -> Any:
    while True:
        if type(estimator) is Pipeline:
            estimator = estimator.steps[-1][1]
        elif type(estimator).__name__ == "FrozenEstimator":
            estimator = estimator.estimator
        elif hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        else:
            return estimator


def _positive(estimator: Any) -> Any:
    """Return the class that the threshold is of, or None where it is the second by default."""
    if type(estimator) is FixedThresholdClassifier:
        return estimator.pos_label
    return estimator._curve_scorer._get_pos_label()  # noqa: SLF001 - as its own predict does
