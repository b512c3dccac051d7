"""From a fitted scikit-learn pipeline to a scorer of plain tables; what cannot be expressed is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted

from challenge_neuralworks.training.encoders import CyclicalEncoder
from challenge_neuralworks.training.export.assembly import Step
from challenge_neuralworks.training.export.categories import one_hot
from challenge_neuralworks.training.export.columns import raw_columns
from challenge_neuralworks.training.export.composition import (
    column_transformer,
    identity,
    pipeline_score,
    pipeline_transform,
)
from challenge_neuralworks.training.export.linear import logistic_regression
from challenge_neuralworks.training.export.numbers import cyclical, standard_scaler

if TYPE_CHECKING:
    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Signature
    from challenge_neuralworks.training.export.assembly import Score, Transform

TRANSFORMS: dict[type, Transform] = {
    ColumnTransformer: column_transformer,
    CyclicalEncoder: cyclical,
    FunctionTransformer: identity,
    OneHotEncoder: one_hot,
    Pipeline: pipeline_transform,
    StandardScaler: standard_scaler,
}
"""Class of a transformer -> what turns one, fitted, into columns of tables."""

SCORES: dict[type, Score] = {
    LogisticRegression: logistic_regression,
    Pipeline: pipeline_score,
}
"""Class of an estimator -> what turns one, fitted, into a scorer."""


def export(estimator: Any, signature: Signature) -> Scorer:
    """Return the scorer that gives a fitted estimator's probabilities.

    Parameters
    ----------
    estimator : a classifier fitted on a frame, one named column a feature.
    signature : the fields that rows are checked against; its bounds and categories say which values can come.
        Columns that it does not name are derived features.

    Raises
    ------
    Unsupported : a step, class or parameter cannot be expressed; names it and says what to do.
    sklearn.exceptions.NotFittedError : the estimator is not fitted.
    """
    check_is_fitted(estimator)
    step = Step("", signature, TRANSFORMS, SCORES)
    if not hasattr(estimator, "feature_names_in_"):
        step.refuse("an estimator fitted on columns without names", "fit it on a pandas frame")
    return step.score("", estimator, raw_columns(estimator.feature_names_in_, signature))
