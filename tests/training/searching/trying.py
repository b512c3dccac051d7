"""A recipe of cheap candidates over made-up rows whose second class follows from one field."""

from __future__ import annotations

import random
from typing import Any

from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from challenge_neuralworks.model import Model
from challenge_neuralworks.signature import Field
from challenge_neuralworks.training.datasets import Examples
from challenge_neuralworks.training.recipes import Candidate, Recipe
from challenge_neuralworks.training.recipes.income import RECIPE as INCOME
from challenge_neuralworks.training.searching.folds import stratified


class Toy(Model):
    """Asks two numbers."""

    fields = (
        Field("signal", "number", "What decides.", 0.5, "", 0.0, 1.0),
        Field("noise", "number", "What does not.", 0.5, "", 0.0, 1.0),
    )


def only(classifier: Any) -> Pipeline:
    """Return a pipeline of nothing but a classifier."""
    return Pipeline([("classify", classifier)])


PRIOR = Candidate("prior", lambda _: only(DummyClassifier(strategy="prior")))
STUMP = Candidate(
    "stump",
    lambda seed: only(DecisionTreeClassifier(max_depth=1, random_state=seed)),
    # No leaf can hold the first: such a stump knows the prior and nothing else.
    {"classify__min_samples_leaf": (100_000, 5)},
)
DEEP = Candidate(
    "tree",
    lambda seed: only(DecisionTreeClassifier(random_state=seed)),
    {"classify__max_depth": (1, 2, 3, 4), "classify__min_samples_leaf": (1, 5)},
)
TOLD = Candidate(
    "told",
    STUMP.pipeline,
    refused="it asks the answer",
    features=lambda row: {"answer": float(row["signal"] > 0.5)},  # type: ignore[operator]  # A number.
)

RECIPE: Recipe = INCOME._replace(model=Toy, folds=stratified(2), candidates=(PRIOR, STUMP, DEEP, TOLD), title="stump")


def examples(rows: int = 200, seed: int = 1) -> Examples:
    """Return rows of the second class where the signal is high; one in ten is the other way round."""
    draw = random.Random(seed)
    made = [{"signal": draw.random(), "noise": draw.random()} for _ in range(rows)]
    target = [int((row["signal"] > 0.5) ^ (draw.random() < 0.1)) for row in made]
    return Examples([dict(row) for row in made], target)
