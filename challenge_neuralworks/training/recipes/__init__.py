"""One module a model that is trained here: what is read, and what is fitted. Found by name, never registered."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.training.datasets import Examples


class Recipe(NamedTuple):
    """How a model is trained.

    model : the class that serves it; its fields and `features` are used for training too.
    description : one sentence for the manifest.
    title : name of this way of training, e.g. of the chosen candidate; sealed in the manifest.
    dataset : name of the data set, declared in data/<dataset>.toml.
    read : data file -> examples.
    pipeline : seed -> unfitted pipeline over a frame of features.
    test_from_month : the time-ordered split tests on rows of this month of the year and later.
    wanted_recall : least share of the second class that the threshold must find, see `thresholds`.
    """

    model: type[Model]
    description: str
    title: str
    dataset: str
    read: Callable[[Path], Examples]
    pipeline: Callable[[int], Any]
    test_from_month: int
    wanted_recall: float


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
