"""Every candidate with every combination of its parameters, compared on the same folds."""

from __future__ import annotations

import random
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ParameterGrid

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.evaluation.scoring import scored
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.searching.engine import Engine
from challenge_neuralworks.training.tasks import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.recipes import Candidate, Recipe
    from challenge_neuralworks.training.searching.folds import Fold
    from challenge_neuralworks.training.tasks import Task

MOST_FITS = 200
"""Fits of a whole search, unless told otherwise."""


class Tried(NamedTuple):
    """One candidate with one choice of parameters.

    found : metric -> its value on each fold.
    headline : the metric that decides; more is better.
    """

    candidate: Candidate
    params: dict[str, Any]
    found: dict[str, list[float]]
    headline: str = "auc"

    @property
    def worth(self) -> float:
        """Mean of the headline over the folds: the AUC, of a regression R2."""
        return float(np.mean(self.found[self.headline]))


class Found(NamedTuple):
    """What a search found.

    tried : each candidate with its best parameters, in the recipe's order.
    chosen : which of them is served: of those that may be, the one of the best mean AUC, or R2; of equals the first.
    n_fits : how often something was fitted.
    absent : names of candidates whose library is not installed.
    """

    tried: tuple[Tried, ...]
    chosen: Tried
    n_fits: int
    absent: tuple[str, ...]


def search(
    recipe: Recipe,
    examples: Examples,
    seed: int,
    engine: Engine | None = None,
    most_fits: int = MOST_FITS,
    report: Callable[[int, int], None] = lambda *_: None,
) -> Found:
    """Return the best parameters of each candidate, and the candidate to serve.

    Parameters
    ----------
    examples : only rows that may be looked at: nothing of what the model is tested on.
    most_fits : budget; where the grids need more, combinations are drawn from the larger ones by the seed.
    report : is told how many fits have ended, and of how many.

    Raises
    ------
    DataError : the examples make no fold of both classes.
    """
    folds = recipe.folds.make(examples, seed)
    if not folds:
        raise DataError(f"a search needs folds with both classes on either side; {recipe.folds.about} gives none here")
    known = [one for one in recipe.candidates if not one.needs or find_spec(one.needs)]
    choices = _affordable(known, max(1, most_fits // len(folds)), seed)
    target, task = recipe.task.target(examples.target), recipe.task
    features = {one.name: features_of(recipe, one, examples) for one in known}
    calls = [
        (measure, (one.pipeline(seed).set_params(**params), features[one.name], target, fold, task))
        for one, params in choices
        for fold in folds
    ]
    engine = engine or Engine()
    results = iter(engine.run(calls, lambda done: report(done, len(calls))))
    tried = [Tried(one, params, _joined(next(results) for _ in folds), task.headline) for one, params in choices]
    best = [max((t for t in tried if t.candidate is one), key=lambda t: t.worth) for one in known]
    servable = [one for one in best if not one.candidate.refused]
    absent = tuple(one.name for one in recipe.candidates if one not in known)
    return Found(tuple(best), max(servable, key=lambda t: t.worth), len(calls), absent)


def measure(
    pipeline: Any, features: pd.DataFrame, target: NDArray[Any], fold: Fold, task: Task = BINARY
) -> dict[str, float]:
    """Return what a pipeline fitted on one part of the rows is worth on the other."""
    with warnings.catch_warnings():
        # A solver that stops early is one of the things that are measured.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # LightGBM and XGBoost are told names by the frame they are fitted on, and asked about arrays.
        warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
        fitted = pipeline.fit(features.iloc[fold.fit], target[fold.fit])
        p = task.predictions(fitted, features.iloc[fold.test])
    return scored(task, target[fold.test], p)


def features_of(recipe: Recipe, candidate: Candidate, examples: Examples) -> pd.DataFrame:
    """Return what a candidate is fitted on: the model's features, or its own."""
    if candidate.features is None:
        return frame(feature_rows(recipe.model, examples.rows))
    return frame([candidate.features(row) for row in examples.rows])


def _affordable(candidates: Iterable[Candidate], most: int, seed: int) -> list[tuple[Candidate, dict[str, Any]]]:
    """Return combinations of parameters, at least one a candidate; the largest grids give way first."""
    draw = random.Random(seed)  # noqa: S311 - no secret.
    grids = {one.name: list(ParameterGrid(dict(one.grid))) for one in candidates}
    for grid in grids.values():
        draw.shuffle(grid)
    while sum(map(len, grids.values())) > most and any(len(grid) > 1 for grid in grids.values()):
        max(grids.values(), key=len).pop()
    return [(one, params) for one in candidates for params in grids[one.name]]


def _joined(results: Iterable[Mapping[str, float]]) -> dict[str, list[float]]:
    joined: dict[str, list[float]] = {}
    for result in results:
        for name, value in result.items():
            joined.setdefault(name, []).append(value)
    return joined
