"""What a new model must be worth: what it was measured to be worth, less what chance could take from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenge_neuralworks.training.tasks import Kind

GATED: Mapping[Kind, Mapping[str, str]] = {
    "binary": {"auc": "least", "accuracy": "least", "brier": "most"},
    "multiclass": {"auc": "least", "accuracy": "least", "log_loss": "most"},
    "regression": {"r2": "least", "rmse": "most", "mae": "most"},
}
"""Kind of task -> metric -> the side that passes."""

DIGITS = 3


def measured_gates(evaluation: Mapping[str, Any], kind: Kind) -> list[str]:
    """Return options of check-model: the ends of the intervals of the last split, rounded outwards.

    Parameters
    ----------
    evaluation : as its file holds it.
    """
    split = evaluation["splits"][-1]
    return [
        f"--{side} {split['name']}.{metric}={_rounded(split['metrics'][metric], side)}"
        for metric, side in GATED[kind].items()
    ]


def _rounded(measured: Mapping[str, float | None], side: str) -> str:
    ends = (measured["value"], measured["low"], measured["high"])
    known = [value for value in ends if value is not None]
    bound = min(known) if side == "least" else max(known)
    if not bound:
        return "0"
    step = 10.0 ** (math.floor(math.log10(abs(bound))) - DIGITS + 1)
    return f"{(math.floor if side == 'least' else math.ceil)(bound / step) * step:.{DIGITS}g}"
