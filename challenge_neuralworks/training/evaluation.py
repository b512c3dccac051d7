"""How good a recipe is on rows it has not seen: at random, and later in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.thresholds import choose_threshold, cut

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.recipes import Recipe

TEST_SHARE = 0.33
SPLIT_SEED = 42
"""With these two, the random split is the one that public solutions to the challenge report."""

FOLDS = 5


class Split(NamedTuple):
    """Row numbers to fit on and to test on, each of shape (n,)."""

    name: str
    fit: NDArray[np.int64]
    test: NDArray[np.int64]


def splits(examples: Examples, test_from_month: int) -> list[Split]:
    """Return the random and the time-ordered split, as far as both parts hold both classes.

    Parameters
    ----------
    test_from_month : rows of this month and later are tested on those before it.
    """
    target = np.asarray(examples.target)
    months = examples.moments.dt.month.to_numpy()
    fit, test = train_test_split(np.arange(len(target)), test_size=TEST_SHARE, random_state=SPLIT_SEED)
    past, future = np.flatnonzero(months < test_from_month), np.flatnonzero(months >= test_from_month)
    both = [Split("random_split", np.sort(fit), np.sort(test)), Split("time_ordered_split", past, future)]
    return [split for split in both if _usable(target[split.fit]) and _usable(target[split.test])]


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
) -> dict[str, float]:
    """Return what a recipe fitted on one part of the rows is worth on the other.

    The threshold is chosen on the part that is fitted, out of fold, as for the model that is served.
    """
    fit, test = split.fit, split.test
    p = out_of_fold(recipe.pipeline(seed), features.iloc[fit], target[fit], seed)
    threshold = choose_threshold(target[fit], p, recipe.wanted_recall)
    fitted = recipe.pipeline(seed).fit(features.iloc[fit], target[fit])
    p = fitted.predict_proba(features.iloc[test])[:, 1]
    return {**scores(target[test], p), **cut(target[test], p, threshold)._asdict(), "rows": len(test)}


def scores(target: NDArray[np.int64], p: NDArray[np.float64]) -> dict[str, float]:
    """Return AUC (1 is perfect, 0.5 chance), Brier score and log loss (0 is perfect) of probabilities."""
    return {
        "auc": float(roc_auc_score(target, p)),
        "brier": float(brier_score_loss(target, p)),
        "log_loss": float(log_loss(target, p)),
    }
