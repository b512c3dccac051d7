"""Assemblers of transformers: one module a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn import decomposition, feature_selection, impute, preprocessing
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from challenge_neuralworks.training.encoders import CyclicalEncoder, RateEncoder
from challenge_neuralworks.training.export.composition import pipeline_transform
from challenge_neuralworks.training.export.parallel import column_transformer, feature_union
from challenge_neuralworks.training.export.preprocessing import (
    categories,
    functions,
    imputing,
    numbers,
    projection,
    scaling,
    selection,
    splines,
)

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import Transform

SELECTORS = (
    feature_selection.GenericUnivariateSelect,
    feature_selection.RFE,
    feature_selection.RFECV,
    feature_selection.SelectFdr,
    feature_selection.SelectFpr,
    feature_selection.SelectFromModel,
    feature_selection.SelectFwe,
    feature_selection.SelectKBest,
    feature_selection.SelectPercentile,
    feature_selection.SequentialFeatureSelector,
    feature_selection.VarianceThreshold,
)
"""Classes that keep some columns and leave the others out."""

TRANSFORMS: dict[type, Transform] = {
    ColumnTransformer: column_transformer,
    CyclicalEncoder: scaling.cyclical,
    FeatureUnion: feature_union,
    Pipeline: pipeline_transform,
    RateEncoder: categories.target,
    decomposition.PCA: projection.pca,
    decomposition.TruncatedSVD: projection.truncated_svd,
    impute.MissingIndicator: imputing.missing_indicator,
    impute.SimpleImputer: imputing.simple_imputer,
    preprocessing.Binarizer: scaling.binarizer,
    preprocessing.FunctionTransformer: functions.function_transformer,
    preprocessing.KBinsDiscretizer: numbers.bins,
    preprocessing.MaxAbsScaler: scaling.max_abs_scaler,
    preprocessing.MinMaxScaler: scaling.min_max_scaler,
    preprocessing.Normalizer: scaling.normalizer,
    preprocessing.OneHotEncoder: categories.one_hot,
    preprocessing.OrdinalEncoder: categories.ordinal,
    preprocessing.PolynomialFeatures: numbers.products,
    preprocessing.PowerTransformer: numbers.power_transformer,
    preprocessing.QuantileTransformer: numbers.quantiles,
    preprocessing.RobustScaler: scaling.robust_scaler,
    preprocessing.SplineTransformer: splines.splines,
    preprocessing.StandardScaler: scaling.standard_scaler,
    preprocessing.TargetEncoder: categories.target,
    **dict.fromkeys(SELECTORS, selection.selector),
}
