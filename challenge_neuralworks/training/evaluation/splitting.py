"""How good a recipe is on rows it has not seen: at random, and later in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split

from challenge_neuralworks.errors import ConfigurationError, DataError
from challenge_neuralworks.training.evaluation.metrics import measure
from challenge_neuralworks.training.evaluation.scoring import SCORINGS
from challenge_neuralworks.training.tasks import BINARY

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.recipes import Recipe

SPLIT_SEED = 42
"""With it, and a share of 0.33 that is not stratified, the random split is what public solutions report of delay."""

FOLDS = 5


class Split(NamedTuple):
    """Row numbers to fit on and to test on, each of shape (n,)."""

    name: str
    fit: NDArray[np.int64]
    test: NDArray[np.int64]


def splits(examples: Examples, recipe: Recipe) -> list[Split]:
    """Return a recipe's random split and, where it has one, its time-ordered split.

    One that lacks two rows of a class on either side is left out.
    """
    target, usable = recipe.task.target(examples.target), recipe.task.is_usable
    found = []
    if usable(target):
        stratify = target if recipe.stratified else None
        fit, test = train_test_split(
            np.arange(len(target)), test_size=recipe.test_share, random_state=SPLIT_SEED, stratify=stratify
        )
        found.append(Split("random_split", np.sort(fit), np.sort(test)))
    if recipe.test_from_month is not None and examples.moments is not None:
        months = examples.moments.dt.month.to_numpy()
        past, future = np.flatnonzero(months < recipe.test_from_month), np.flatnonzero(months >= recipe.test_from_month)
        found.append(Split("time_ordered_split", past, future))
    return [split for split in found if usable(target[split.fit]) and usable(target[split.test])]


def out_of_fold(pipeline: Any, features: pd.DataFrame, target: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return the probability of the second class of each row, by a pipeline fitted on other rows, shape (n_rows,).

    Raises
    ------
    DataError : there are fewer than two rows of a class.
    """
    if not BINARY.is_usable(target):
        late = int((target == 1).sum())
        raise DataError(f"training needs two rows of each class; here {late} of {len(target)} are of the second")
    folds = min(FOLDS, int((target == 0).sum()), int((target == 1).sum()))
    shuffled = StratifiedKFold(folds, shuffle=True, random_state=seed)
    p: NDArray[np.float64] = cross_val_predict(pipeline, features, target, cv=shuffled, method="predict_proba")
    return p[:, 1]


def threshold_of(recipe: Recipe, target: NDArray[np.int64], p: NDArray[np.float64]) -> float:
    """Return the threshold that a recipe's rule chooses.

    Raises
    ------
    ConfigurationError : it has no rule, and tells two classes apart.
    """
    if recipe.rule is None:
        raise ConfigurationError("rule", "None", "a Rule: of two classes, one is answered from a threshold on")
    return recipe.rule.choose(target, p)


def evaluate(
    recipe: Recipe, features: pd.DataFrame, target: NDArray[Any], split: Split, seed: int
) -> dict[str, float | None]:
    """Return what a recipe fitted on one part of the rows is worth on the other.

    The threshold of two classes is chosen on the part that is fitted, out of fold, as for the model that is served.
    """
    fit, test, task = split.fit, split.test, recipe.task
    fitted = recipe.pipeline(seed).fit(features.iloc[fit], target[fit])
    p = task.predictions(fitted, features.iloc[test])
    if task.kind != "binary":
        return {**SCORINGS[task.kind].measure(target[test], p), "rows": len(test)}
    held_out = out_of_fold(recipe.pipeline(seed), features.iloc[fit], target[fit], seed)
    threshold = threshold_of(recipe, target[fit], held_out)
    return {**measure(target[test], p, threshold), "threshold": threshold, "rows": len(test)}
