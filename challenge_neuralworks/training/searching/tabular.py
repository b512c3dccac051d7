"""Ways of training that suit any table: a constant, a linear model, boosted trees; simple ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.training.recipes import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.tasks import Task

RARE_BELOW_ROWS = 10
"""Rows of a category below which a linear model takes it together with other rare ones."""

MISSING = "?"
"""Stands for a missing category; a level like any other."""


class Columns(NamedTuple):
    """Which features a pipeline takes as numbers, and which as categories."""

    numbers: tuple[str, ...]
    categories: tuple[str, ...]


def columns_of(fields: Iterable[Field]) -> Columns:
    """Return the fields of a model by their kind, for one that derives no features."""
    fields = tuple(fields)
    return Columns(
        tuple(field.name for field in fields if field.kind != "category"),
        tuple(field.name for field in fields if field.kind == "category"),
    )


def constant(task: Task) -> Candidate:
    """Return the candidate that answers the same whatever it is asked: what others must beat."""
    if task.kind == "regression":
        return Candidate("always the mean", lambda _: _only(DummyRegressor()), refused="it knows nothing of the row")
    prior = DummyClassifier(strategy="prior")
    return Candidate("always the overall rates", lambda _: _only(prior), refused="it knows nothing of the row")


def linear(task: Task, columns: Columns, strengths: Sequence[float] = (0.01, 0.1, 1.0, 10.0)) -> Candidate:
    """Return a logistic regression, or of numbers a ridge regression, over scaled numbers and indicators.

    Parameters
    ----------
    strengths : how strongly coefficients are held back, each tried; the more the stronger.
    """
    if task.kind == "regression":
        return Candidate(
            "ridge regression",
            lambda seed: Pipeline([("encode", _indicators(columns)), ("predict", Ridge(random_state=seed))]),
            {"predict__alpha": tuple(strengths)},
        )
    return Candidate(
        "logistic regression",
        lambda seed: Pipeline(
            [
                ("encode", _indicators(columns)),
                # lbfgs at its default tolerance stops at probabilities that are off in the second place.
                ("predict", LogisticRegression(solver="newton-cg", tol=1e-8, max_iter=400, random_state=seed)),
            ]
        ),
        {"predict__C": tuple(1 / strength for strength in strengths)},
    )


def boosted(task: Task, columns: Columns, **grid: Sequence[Any]) -> Candidate:
    """Return boosted trees over numbers as they are and categories by their number.

    Parameters
    ----------
    grid : parameter of the trees -> values to try, in place of those here.
    """
    kind = HistGradientBoostingRegressor if task.kind == "regression" else HistGradientBoostingClassifier

    def pipeline(seed: int) -> Pipeline:
        trees = kind(learning_rate=0.1, l2_regularization=1.0, early_stopping=False, random_state=seed)
        return Pipeline([("encode", _ordinals(columns)), ("predict", trees)])

    tried = grid or {"max_iter": (50, 150), "max_leaf_nodes": (4, 12)}
    return Candidate("boosted trees", pipeline, {f"predict__{name}": tuple(values) for name, values in tried.items()})


def pipeline_of(candidates: Iterable[Candidate], name: str, params: Mapping[str, Any]) -> Callable[[int], Any]:
    """Return what makes the unfitted pipeline of a candidate with these parameters.

    Raises
    ------
    ConfigurationError : there is no candidate of that name.
    """
    candidates = tuple(candidates)
    make = next((one.pipeline for one in candidates if one.name == name), None)
    if make is None:
        raise ConfigurationError("candidate", name, f"one of {', '.join(repr(one.name) for one in candidates)}")
    return lambda seed: make(seed).set_params(**params)


def _only(estimator: Any) -> Pipeline:
    return Pipeline([("predict", estimator)])


def _indicators(columns: Columns) -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=MISSING),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE_BELOW_ROWS),
    )
    return _over(columns, numbers, categories)


def _ordinals(columns: Columns) -> ColumnTransformer:
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    return _over(columns, "passthrough", ordinal)


def _over(columns: Columns, numbers: Any, categories: Any) -> ColumnTransformer:
    parts = [("numbers", numbers, [*columns.numbers]), ("categories", categories, [*columns.categories])]
    return ColumnTransformer([part for part in parts if part[2]])
