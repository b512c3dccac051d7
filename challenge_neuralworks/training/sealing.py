"""The last step of training: an artifact that has loaded, and predicted as promised, where nothing heavy is."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks import __version__
from challenge_neuralworks.artifact.writing import Draft, write
from challenge_neuralworks.training.equality import TOLERANCE
from challenge_neuralworks.training.fresh import NotServable, predict_fresh

if TYPE_CHECKING:
    from challenge_neuralworks.artifact import Golden, Manifest
    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Signature
    from challenge_neuralworks.training.recipes import Recipe

PACKAGES = ("scikit-learn", "numpy", "pandas", "dill")
"""Packages whose versions the manifest names: another one may fit other weights."""


class Fitted(NamedTuple):
    """What fitting a recipe gave; golden predictions are the estimator's own."""

    scorer: Scorer
    signature: Signature
    classes: tuple[int | str, ...]
    threshold: float | None
    metrics: dict[str, Any]
    golden: tuple[Golden, ...]


def seal(name: str, recipe: Recipe, fitted: Fitted, folder: Path, trained: dict[str, Any]) -> Manifest:
    """Write the artifact into a folder once a copy of it has stood the test, and return its manifest.

    Raises
    ------
    NotServable : the copy does not load in a new process, or predicts otherwise there; the folder is as it was.
    """
    draft = Draft(name=name, description=recipe.description, trained=trained, **_stated(fitted))
    with TemporaryDirectory() as trial:
        write(trial, fitted.scorer, draft)
        _try(name, Path(trial), fitted.golden)
    return write(str(folder), fitted.scorer, draft)


def origin(recipe: Recipe, source: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return, as JSON values, what an artifact was made of and by: enough to make it again."""
    return {
        "data": source,
        "seed": seed,
        "recipe": recipe.title,
        "code_version": __version__,
        "packages": {package: version(package) for package in PACKAGES},
    }


def _stated(fitted: Fitted) -> dict[str, Any]:
    return {field: value for field, value in fitted._asdict().items() if field != "scorer"}


def _try(name: str, folder: Path, golden: tuple[Golden, ...]) -> None:
    promised = np.asarray([prediction for _, prediction in golden])
    computed = np.asarray(predict_fresh(name, folder, [instance for instance, _ in golden]))
    if not (np.abs(computed - promised) / np.maximum(1.0, np.abs(promised))).max() <= TOLERANCE:
        raise NotServable(f"a new process predicts {computed.tolist()}, the pipeline {promised.tolist()}")
