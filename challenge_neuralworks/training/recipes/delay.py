"""How the delay model is trained; docs/models/delay.md shows the candidates that this one was chosen from."""

from __future__ import annotations

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.datasets import read_flights
from challenge_neuralworks.training.encoders import CyclicalEncoder
from challenge_neuralworks.training.recipes import Recipe

FEW = ("OPERA", "MES-I", "SHIFT")
"""Categories of few levels, each with a weight of its own; kind of flight and weekday come in through the shift."""

MANY = ("SIGLADES", "FLIGHT")
"""Categories of many levels: the rare ones share a weight, which is also that of levels not seen in training."""

RARE_BELOW_ROWS = 10
HOURS_PER_DAY = 24
PENALTY_C = 0.2


def pipeline(seed: int) -> Pipeline:
    """Return the unfitted pipeline.

    DIA-I is left out: the day of the month tells the days of 2017 apart, which helps a random split and hurts on
    months that are still to come, see docs/models/delay.md.
    """
    rare = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE_BELOW_ROWS)
    encoders = [
        ("few", OneHotEncoder(handle_unknown="ignore"), list(FEW)),
        ("many", rare, list(MANY)),
        ("hour", CyclicalEncoder(HOURS_PER_DAY), ["HORA-I"]),
    ]
    # lbfgs at its default tolerance stops at probabilities that are off by up to 0.02.
    classifier = LogisticRegression(C=PENALTY_C, solver="newton-cg", tol=1e-8, max_iter=200, random_state=seed)
    return Pipeline([("encode", ColumnTransformer(encoders)), ("classify", classifier)])


RECIPE = Recipe(
    model=Delay,
    description="Will a scheduled flight out of Santiago de Chile leave more than 15 minutes late? 1: late, 0: not.",
    title="logistic regression over one-hot, flight and shift categories",
    dataset="delay",
    read=read_flights,
    pipeline=pipeline,
    test_from_month=11,
    wanted_recall=0.60,
)
