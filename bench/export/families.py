"""The fitted pipelines that are measured: one a family of estimators."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder

from bench.export.flights import CATEGORIES, INTEGERS, Flights


class Family(NamedTuple):
    """A pipeline to be fitted.

    multiclass : whether it tells weekdays apart, of which the rows then say nothing, instead of late flights.
    """

    name: str
    pipeline: Pipeline
    multiclass: bool = False

    def fit(self, flights: Flights) -> tuple[Pipeline, pd.DataFrame]:
        """Return the fitted pipeline and the frame it was fitted on."""
        frame = pd.DataFrame.from_records(flights.rows)
        target = frame.pop("DIANOM") if self.multiclass else flights.late
        return self.pipeline.fit(frame, target), frame


def families() -> list[Family]:
    """Return every family that is measured."""
    logistic = LogisticRegression(max_iter=200)
    return [
        Family("logistic regression", _pipeline(_one_hot(CATEGORIES), logistic)),
        Family("multinomial regression, 7 classes", _pipeline(_one_hot(CATEGORIES[:3]), logistic), multiclass=True),
        Family("random forest, 100 trees", _pipeline(_ordinal(), _forest())),
        Family("gradient boosting, 100 trees", _pipeline(_ordinal(), GradientBoostingClassifier(random_state=0))),
        Family("histogram boosting, 200 trees", _pipeline(_ordinal(), _histogram(categories=False))),
        Family("histogram boosting, 200 trees, by category", _pipeline(_ordinal(), _histogram(categories=True))),
        Family("neural network, 32 units", _pipeline(_one_hot(CATEGORIES), MLPClassifier((32,), max_iter=8))),
        Family("calibrated logistic regression", _pipeline(_one_hot(CATEGORIES), CalibratedClassifierCV(logistic))),
        Family("vote of regression and forest", _pipeline(_one_hot(CATEGORIES), _vote())),
    ]


def _pipeline(encode: Any, estimator: Any) -> Pipeline:
    return Pipeline([("encode", encode), ("estimate", estimator)])


def _one_hot(categories: tuple[str, ...]) -> ColumnTransformer:
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("one", one_hot, list(categories)), ("scale", MinMaxScaler(), list(INTEGERS))])


def _ordinal() -> ColumnTransformer:
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return ColumnTransformer([("code", ordinal, list(CATEGORIES))], remainder="passthrough")


def _forest() -> RandomForestClassifier:
    return RandomForestClassifier(100, max_leaf_nodes=64, random_state=0)


def _histogram(*, categories: bool) -> HistGradientBoostingClassifier:
    chosen = list(range(len(CATEGORIES))) if categories else None
    return HistGradientBoostingClassifier(
        max_iter=200, early_stopping=False, categorical_features=chosen, random_state=0
    )


def _vote() -> VotingClassifier:
    members = [("regression", LogisticRegression(max_iter=200)), ("forest", _forest())]
    # skl2onnx takes no vote that would flatten what it transforms.
    return VotingClassifier(members, voting="soft", flatten_transform=False)
