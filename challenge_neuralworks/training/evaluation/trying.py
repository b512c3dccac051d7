"""A recipe tried on a split: fitted on one part of the rows, with a threshold of its own, and asked about the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.datasets import select
from challenge_neuralworks.training.evaluation.importance import predictor
from challenge_neuralworks.training.evaluation.inputs import Trial
from challenge_neuralworks.training.evaluation.splitting import SPLIT_SEED, out_of_fold, threshold_of
from challenge_neuralworks.training.frames import feature_rows, frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.evaluation.splitting import Split
    from challenge_neuralworks.training.recipes import Recipe


def try_recipe(recipe: Recipe, examples: Examples, split: Split, seed: int) -> Trial:
    """Return a recipe's predictions for the part of a split that it was not fitted on.

    The threshold of two classes is chosen on the part that is fitted, out of fold, as for the model that is served.
    Rows whose moment is known are drawn by day for the intervals.

    Raises
    ------
    DataError : the part to fit on holds fewer than two rows of a class.
    """
    fitted, asked = select(examples, split.fit), select(examples, split.test)
    features, target = frame(feature_rows(recipe.model, fitted.rows)), recipe.task.target(fitted.target)
    threshold = _threshold(recipe, features, target, seed)
    predict = predictor(recipe.model, recipe.pipeline(seed).fit(features, target), recipe.task)
    trial = Trial(
        name=split.name,
        about=_about(recipe, split),
        fitted_rows=len(fitted.rows),
        rows=asked.rows,
        target=asked.target,
        p=predict(asked.rows),
        threshold=threshold,
        predict=predict,
    )
    if asked.moments is None:
        return trial
    return trial._replace(groups=[str(day) for day in asked.moments.dt.date], unit="day")


def _threshold(recipe: Recipe, features: pd.DataFrame, target: NDArray[Any], seed: int) -> float | None:
    if recipe.task.kind != "binary":
        return None
    return threshold_of(recipe, target, out_of_fold(recipe.pipeline(seed), features, target, seed))


def _about(recipe: Recipe, split: Split) -> str:
    if split.name == "random_split":
        return f"a share of {recipe.test_share} of the rows, drawn at random with the seed {SPLIT_SEED}, is tested on"
    return f"rows of month {recipe.test_from_month} and later are tested on, fitted on are those before"
