"""One module a model that is trained here: what is read, and what is fitted. Found by name, never registered."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.training.tasks import BINARY, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.searching.folds import Folds
    from challenge_neuralworks.training.thresholds import Rule


class Candidate(NamedTuple):
    """A way of training a model, to be measured beside others.

    name : in a few words.
    pipeline : seed -> unfitted pipeline over a frame of features.
    grid : parameter of the pipeline -> values to try; all combinations are.
    refused : why it may not be served, whatever it is worth; "" if it may.
    features : row -> features, where the model's own are not what it takes.
    needs : library that must be there, beside scikit-learn.
    """

    name: str
    pipeline: Callable[[int], Any]
    grid: Mapping[str, Sequence[Any]] = {}
    refused: str = ""
    features: Callable[[Row], Row] | None = None
    needs: str = ""


class Recipe(NamedTuple):
    """How a model is trained.

    model : the class that serves it; its fields and `features` are used for training too.
    description : one sentence for the manifest.
    title : name of this way of training, e.g. of the chosen candidate; sealed in the manifest.
    dataset : name of the data set, declared in data/<dataset>.toml.
    read : data file -> examples.
    pipeline : seed -> unfitted pipeline over a frame of features.
    rule : how the threshold is chosen; None where there is none.
    test_share : of the rows, held out at random.
    stratified : whether the random split keeps the share of each class.
    test_from_month : the time-ordered split tests on rows of this month of the year and later; None has no such split.
    folds : examples, seed -> what candidates are compared on.
    candidates : the ways of training that were tried, simple ones first.
    task : what is predicted.
    """

    model: type[Model]
    description: str
    title: str
    dataset: str
    read: Callable[[Path], Examples]
    pipeline: Callable[[int], Any]
    rule: Rule | None
    test_share: float
    stratified: bool
    test_from_month: int | None
    folds: Folds
    candidates: tuple[Candidate, ...]
    task: Task = BINARY


def recipe_names() -> tuple[str, ...]:
    """Return the name of every model that can be trained, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find_recipe(name: str) -> Recipe:
    """Return the recipe of a model: ``RECIPE`` in its module of this package.

    Raises
    ------
    ConfigurationError : there is none of that name; lists those there are.
    """
    if name not in recipe_names():
        raise ConfigurationError("MODEL", name, "one of " + ", ".join(recipe_names()))
    recipe: Recipe = importlib.import_module(f"{__name__}.{name}").RECIPE
    return recipe


def chosen(recipe: Recipe, name: str, params: Mapping[str, Any]) -> Recipe:
    """Return a recipe that fits one of its candidates with these parameters.

    Raises
    ------
    ConfigurationError : there is no such candidate, or it may not be served.
    """
    candidate = next((one for one in recipe.candidates if one.name == name), None)
    if candidate is None or candidate.refused:
        known = ", ".join(repr(one.name) for one in recipe.candidates if not one.refused)
        raise ConfigurationError("candidate", name, f"one of {known}")
    make = candidate.pipeline
    return recipe._replace(title=name, pipeline=lambda seed: make(seed).set_params(**params))
