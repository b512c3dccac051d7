"""The stage that evaluates: what is served and what else was tried, on every split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from challenge_neuralworks.training.evaluation import Effort, Given, evaluation_report, try_recipe
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.searching.folds import Fold
from challenge_neuralworks.training.searching.search import features_of, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.evaluation.splitting import Split
    from challenge_neuralworks.training.recipes import Recipe
    from challenge_neuralworks.training.searching.engine import Engine
    from challenge_neuralworks.training.tasks import Task

FOLDS = 5
"""Of the cross validation of what is served, on the rows that the random split fits on."""


def assess(  # noqa: PLR0913, PLR0917 - what is judged, on what, how hard, where
    name: str,
    recipe: Recipe,
    parts: Sequence[tuple[Split, Examples]],
    found: Mapping[str, Any],
    data: Mapping[str, Any],
    effort: Effort,
    engine: Engine,
    report: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Return the evaluation of a recipe as JSON values, see `evaluation.evaluation_report`.

    Parameters
    ----------
    recipe : of what is served, with its parameters.
    parts : each split with the examples that its row numbers are of.
    found : what the search found, as its file holds it.
    data : about the data set, for the card.
    """
    report("candidates on every split")
    lines = _lines(recipe, parts, found, effort.seed, engine)
    report("cross validation of what is served")
    cross_validation = _cross_validation(recipe, *parts[0], effort.seed, engine)
    trials = []
    for split, examples in parts:
        report(f"{split.name}: predictions")
        trials.append(try_recipe(recipe, examples, split, effort.seed))
    given = Given(cross_validation, FOLDS, lines, data, {"sentence": recipe.rule.sentence} if recipe.rule else {})
    return evaluation_report(name, recipe.model.fields, trials, given, effort, report, recipe.task)


def _lines(
    recipe: Recipe,
    parts: Sequence[tuple[Split, Examples]],
    found: Mapping[str, Any],
    seed: int,
    engine: Engine,
) -> list[Any]:
    """Return each candidate that was tried with its AUC (or R2) on every split, in the search's order."""
    headline = recipe.task.headline
    known = {one.name: one for one in recipe.candidates}
    places = [(line, split, examples) for line in found["candidates"] for split, examples in parts]
    calls = []
    for line, split, examples in places:
        candidate = known[line["name"]]
        pipeline = candidate.pipeline(seed).set_params(**line["params"])
        target = recipe.task.target(examples.target)
        calls.append((_worth, (pipeline, features_of(recipe, candidate, examples), target, split, recipe.task)))
    worths = engine.run(calls)
    on_split: dict[str, dict[str, float]] = {}
    for (line, split, _), worth in zip(places, worths, strict=True):
        on_split.setdefault(line["name"], {})[split.name] = worth
    served = found["chosen"]["name"]
    return [
        {**line, headline: on_split[line["name"]], "chosen": line["name"] == served} for line in found["candidates"]
    ]


def _worth(pipeline: Any, features: Any, target: Any, split: Split, task: Task) -> float:
    return measure(pipeline, features, target, Fold(split.fit, split.test), task)[task.headline]


def _cross_validation(recipe: Recipe, split: Split, examples: Examples, seed: int, engine: Engine) -> dict[str, Any]:
    features, target = frame(feature_rows(recipe.model, examples.rows)), recipe.task.target(examples.target)
    fit = np.asarray(split.fit)
    folds = _folds(recipe.task, target[fit], seed)
    made = [Fold(fit[one], fit[other]) for one, other in folds.split(fit, target[fit])]
    results = engine.run([(measure, (recipe.pipeline(seed), features, target, fold, recipe.task)) for fold in made])
    return {
        name: {"mean": float(np.mean(values)), "sd": float(np.std(values))}
        for name in results[0]
        for values in [[result[name] for result in results]]
    }


def _folds(task: Task, target: Any, seed: int) -> Any:
    if task.kind == "regression":
        return KFold(min(FOLDS, len(target)), shuffle=True, random_state=seed)
    return StratifiedKFold(min(FOLDS, *np.bincount(target).tolist()), shuffle=True, random_state=seed)
