"""Estimators that answer in float32 under others that multiply: what they round away would grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.exactness import held_by
from challenge_neuralworks.training.export.trees.extreme import LINKS

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import Step

STEEPEST = 15.0
"""Factor by which a probability that is off by 1e-7, as float32 makes it, may be multiplied before a sigmoid."""


def in_float32(estimator: Any) -> bool:
    """Return whether a fitted estimator is XGBoost's, or holds one."""
    return _is_xgboost(estimator) or any(in_float32(part) for part in held_by(estimator))


def refuse_float32(estimator: Any, what: str, step: Step) -> None:
    """Refuse what answers in float32 under an estimator that makes much of its last digits."""
    if in_float32(estimator):
        step.refuse(f"{type(estimator).__name__}, which answers in float32, under {what}", "leave one of the two out")


def refuse_steep(estimator: Any, weights: Any, what: str, step: Step) -> None:
    """Refuse what answers in float32 where the sizes of weights on it add up to more than `STEEPEST`."""
    if np.abs(weights).sum() > STEEPEST:
        refuse_float32(estimator, what, step)


def refuse_stack(stacking: Any, step: Step) -> None:
    """Refuse members that answer in float32 where the final estimator would make much of what they round away."""
    final = type(stacking.final_estimator_).__name__
    rounded = [member for member in stacking.estimators_ if in_float32(member)]
    if hasattr(stacking, "classes_"):
        weights = getattr(stacking.final_estimator_, "coef_", np.inf) if final == "LogisticRegression" else np.inf
        for member in rounded:
            refuse_steep(member, weights, f"a final {final}", step)
        return
    # Beside others, a sum of leaves goes into the final estimator as it is; alone, all is computed in float32.
    alone = len(rounded) == len(stacking.estimators_) and not stacking.passthrough
    for member in rounded:
        if alone or not is_sum(member):
            refuse_float32(member, f"a final {final}", step)


def is_sum(regressor: Any) -> bool:
    """Return whether a regressor of XGBoost answers the sum of its leaves itself, which a scorer has exactly."""
    return _is_xgboost(regressor) and LINKS.get(str(regressor.objective)) == "identity"


def _is_xgboost(estimator: Any) -> bool:
    return type(estimator).__name__.startswith("XGB")
