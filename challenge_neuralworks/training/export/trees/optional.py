"""Libraries of trees other than scikit-learn, where they are installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from challenge_neuralworks.training.export.trees.extreme import xgboost
from challenge_neuralworks.training.export.trees.light import lightgbm

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import HeadOfColumns

LIBRARIES: dict[str, tuple[HeadOfColumns, tuple[str, ...]]] = {
    "lightgbm": (lightgbm, ("LGBMClassifier", "LGBMRegressor")),
    "xgboost": (xgboost, ("XGBClassifier", "XGBRegressor")),
}


def installed() -> dict[type, HeadOfColumns]:
    """Return the assemblers of the estimators that are there."""
    return {
        getattr(import_module(library), name): assemble
        for library, (assemble, names) in LIBRARIES.items()
        if find_spec(library)
        for name in names
    }
