"""What a search found, as JSON: for the stage that fits, and for reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.recipes import chosen

if TYPE_CHECKING:
    from pathlib import Path

    from challenge_neuralworks.training.recipes import Recipe
    from challenge_neuralworks.training.searching.search import Found, Tried

PLACES = 6


def found_json(found: Found, recipe: Recipe, seed: int) -> dict[str, Any]:
    """Return a search as JSON values."""
    return {
        "format": 1,
        "folds": recipe.folds.about,
        "seed": seed,
        "fits": found.n_fits,
        "chosen": {"name": found.chosen.candidate.name, "params": found.chosen.params},
        "absent": list(found.absent),
        "candidates": [_line(one, found) for one in found.tried],
    }


def _line(one: Tried, found: Found) -> dict[str, Any]:
    spread = {
        name: {"mean": round(float(np.mean(values)), PLACES), "sd": round(float(np.std(values)), PLACES)}
        for name, values in one.found.items()
    }
    return {"name": one.candidate.name, "params": one.params, "cv": spread, "why": _why(one, found)}


def _why(one: Tried, found: Found) -> str:
    if one is found.chosen:
        return "served: the best of those that may be"
    name, behind = one.headline.upper(), found.chosen.worth - one.worth
    worth = f"{name} {behind:.4f} below what is served" if behind >= 0 else f"{name} {-behind:.4f} above what is served"
    return f"{worth}; {one.candidate.refused}" if one.candidate.refused else worth


def read_choice(recipe: Recipe, path: Path) -> Recipe:
    """Return a recipe that fits what a search has chosen.

    Raises
    ------
    DataError : the file cannot be read, or is no search's.
    ConfigurationError : the recipe has no such candidate.
    """
    try:
        choice = json.loads(path.read_text(encoding="utf-8"))["chosen"]
        name, params = str(choice["name"]), dict(choice["params"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: cannot be read as what 'neuralworks search' writes: {error!r}") from error
    return chosen(recipe, name, params)
