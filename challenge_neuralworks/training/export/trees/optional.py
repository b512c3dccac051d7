"""Libraries of trees other than scikit-learn: none is imported to know its estimators, which only it can make."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from challenge_neuralworks.training.export.trees.extreme import xgboost
from challenge_neuralworks.training.export.trees.light import lightgbm

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import HeadOfColumns

OPTIONAL: dict[tuple[str, str], HeadOfColumns] = {
    ("lightgbm", "LGBMClassifier"): lightgbm,
    ("lightgbm", "LGBMRegressor"): lightgbm,
    ("xgboost", "XGBClassifier"): xgboost,
    ("xgboost", "XGBRegressor"): xgboost,
}
"""Library, and name of a class in it -> assembler."""


def installed() -> dict[type, HeadOfColumns]:
    """Return the assemblers of the classes that are there, by importing each library, which takes a while.

    One that is installed and cannot be loaded, such as LightGBM without libgomp, is not there.
    """
    return {
        kind: assemble for (library, name), assemble in OPTIONAL.items() if (kind := _class(library, name)) is not None
    }


def _class(library: str, name: str) -> type | None:
    try:
        found: type = getattr(import_module(library), name)
    # Without their shared library, LightGBM raises OSError and XGBoost an error of its own, a ValueError.
    except (ImportError, OSError, ValueError):
        return None
    return found
