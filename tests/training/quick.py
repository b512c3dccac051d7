"""Recipes as they are, but for the number of their trees: what is tested is what is done with a fit, not its worth."""

from __future__ import annotations

from typing import Any

from challenge_neuralworks.training.recipes import Candidate, Recipe

STEPS = 25


def quick(recipe: Recipe, steps: int = STEPS) -> Recipe:
    """Return a recipe with few boosted trees and three of its candidates: the overall rate, a refused one, its own."""

    def pipeline(seed: int) -> Any:
        return recipe.pipeline(seed).set_params(classify__max_iter=steps)

    prior = recipe.candidates[0]
    own = Candidate(recipe.title, pipeline, {"classify__min_samples_leaf": (20, 50)})
    refused = Candidate("trees without a bound", _unbound(pipeline), refused="its leaves ask too much")
    return recipe._replace(pipeline=pipeline, candidates=(prior, refused, own))


def _unbound(pipeline: Any) -> Any:
    return lambda seed: pipeline(seed).set_params(classify__interaction_cst=None)
