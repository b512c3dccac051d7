"""How good a recipe is on rows it has not seen: at random, and later in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.evaluation.metrics import measure

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
    target = np.asarray(examples.target)
    found = []
    if _usable(target):
        stratify = target if recipe.stratified else None
        fit, test = train_test_split(
            np.arange(len(target)), test_size=recipe.test_share, random_state=SPLIT_SEED, stratify=stratify
        )
        found.append(Split("random_split", np.sort(fit), np.sort(test)))
    if recipe.test_from_month is not None and examples.moments is not None:
        months = examples.moments.dt.month.to_numpy()
        past, future = np.flatnonzero(months < recipe.test_from_month), np.flatnonzero(months >= recipe.test_from_month)
        found.append(Split("time_ordered_split", past, future))
    return [split for split in found if _usable(target[split.fit]) and _usable(target[split.test])]


def _usable(target: NDArray[np.int64]) -> bool:
    return min(int((target == 0).sum()), int((target == 1).sum())) >= 2


def out_of_fold(pipeline: Any, features: pd.DataFrame, target: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Return the probability of the second class of each row, by a pipeline fitted on other rows, shape (n_rows,).

    Raises
    ------
    DataError : there are fewer than two rows of a class.
    """
    if not _usable(target):
        late = int((target == 1).sum())
        raise DataError(f"training needs two rows of each class; here {late} of {len(target)} are of the second")
    folds = min(FOLDS, int((target == 0).sum()), int((target == 1).sum()))
    shuffled = StratifiedKFold(folds, shuffle=True, random_state=seed)
    p: NDArray[np.float64] = cross_val_predict(pipeline, features, target, cv=shuffled, method="predict_proba")
    return p[:, 1]


def evaluate(
    recipe: Recipe, features: pd.DataFrame, target: NDArray[np.int64], split: Split, seed: int
) -> dict[str, float | None]:
    """Return what a recipe fitted on one part of the rows is worth on the other.

    The threshold is chosen on the part that is fitted, out of fold, as for the model that is served.
    """
    fit, test = split.fit, split.test
    p = out_of_fold(recipe.pipeline(seed), features.iloc[fit], target[fit], seed)
    threshold = recipe.rule.choose(target[fit], p)
    fitted = recipe.pipeline(seed).fit(features.iloc[fit], target[fit])
    p = fitted.predict_proba(features.iloc[test])[:, 1]
    return {**measure(target[test], p, threshold), "threshold": threshold, "rows": len(test)}
