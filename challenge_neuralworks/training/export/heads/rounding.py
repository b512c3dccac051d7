"""Estimators that answer in float32 under others that multiply: what they round away would grow."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.exactness import in_float32, is_xgboost
from challenge_neuralworks.training.export.trees.extreme import LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step

STEEPEST = 15.0
"""Factor by which a probability that is off by 1e-7, as float32 makes it, may be multiplied before a sigmoid."""


def refuse_float32(estimator: Any, what: str, step: Step) -> None:
    """Refuse what answers in float32 under an estimator that makes much of its last digits."""
    if in_float32(estimator):
        step.refuse(f"{type(estimator).__name__}, which answers in float32, under {what}", "leave one of the two out")


def refuse_steep(estimator: Any, weights: Any, what: str, step: Step) -> None:
    """Refuse what answers in float32 where the sizes of weights on it add up to more than `STEEPEST`."""
    if np.abs(weights).sum() > STEEPEST:
        refuse_float32(estimator, what, step)


def refuse_stack(stacking: Any, places: Sequence[Sequence[int]], step: Step) -> None:
    """Refuse members that answer in float32 where the final estimator would make much of what they round away.

    Parameters
    ----------
    places : of each member, which of the final estimator's columns are its own.
    """
    final = type(stacking.final_estimator_).__name__
    rounded = [in_float32(member) for member in stacking.estimators_]
    if hasattr(stacking, "classes_"):
        steep = _steepness(stacking.final_estimator_, [i for i, own in enumerate(rounded) if own], places)
        for member in stacking.estimators_:
            refuse_steep(member, steep, f"a final {final}", step)
        return
    # Beside others, a sum of leaves goes into the final estimator as it is; alone, all is computed in float32.
    alone = all(rounded) and not stacking.passthrough
    for member in stacking.estimators_:
        if alone or not is_sum(member):
            refuse_float32(member, f"a final {final}", step)


def _steepness(final: Any, members: Sequence[int], places: Sequence[Sequence[int]]) -> float:
    """Return what the weights on some members' columns add up to, in the class in which that is most."""
    if type(final).__name__ != "LogisticRegression":
        return inf
    own = [place for member in members for place in places[member]]
    return float(np.abs(final.coef_[:, own]).sum(axis=1).max())


def is_sum(regressor: Any) -> bool:
    """Return whether a regressor of XGBoost answers the sum of its leaves itself, which a scorer has exactly."""
    return is_xgboost(regressor) and LINKS.get(str(regressor.objective)) == "identity"
