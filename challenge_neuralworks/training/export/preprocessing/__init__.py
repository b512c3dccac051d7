"""Assemblers of transformers: one module a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from challenge_neuralworks.training.encoders import CyclicalEncoder
from challenge_neuralworks.training.export.composition import column_transformer, identity, pipeline_transform
from challenge_neuralworks.training.export.preprocessing.categories import one_hot
from challenge_neuralworks.training.export.preprocessing.scaling import cyclical, standard_scaler

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import Transform

TRANSFORMS: dict[type, Transform] = {
    ColumnTransformer: column_transformer,
    CyclicalEncoder: cyclical,
    FunctionTransformer: identity,
    OneHotEncoder: one_hot,
    Pipeline: pipeline_transform,
    StandardScaler: standard_scaler,
}
