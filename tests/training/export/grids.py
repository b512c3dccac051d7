"""Parameters that random pipelines draw from: one entry a class, so that a new class joins by a line here.

A class that is not in the registry yet is left out; one in the registry that has no entry fails a test.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal, NamedTuple

import numpy as np
from sklearn import (
    calibration,
    compose,
    decomposition,
    discriminant_analysis,
    dummy,
    ensemble,
    feature_selection,
    impute,
    linear_model,
    model_selection,
    naive_bayes,
    neural_network,
    pipeline,
    preprocessing,
    svm,
    tree,
)

# What makes halving searches importable, in every version.
from sklearn.experimental import enable_halving_search_cv  # noqa: F401

from challenge_neuralworks.training.encoders import CyclicalEncoder, RateEncoder
from challenge_neuralworks.training.export.trees.optional import installed

try:
    frozen: Any = import_module("sklearn.frozen")
except ImportError:  # scikit-learn 1.5
    frozen = None

Values = dict[str, tuple[Any, ...]]
Task = Literal["binary", "multiclass", "values", "counts"]

BOTH: tuple[bool, ...] = (True, False)
CLASSES: tuple[Task, ...] = ("binary", "multiclass")
NUMBERS: tuple[Task, ...] = ("values", "counts")


class Grid(NamedTuple):
    """What a class is tried with.

    params : name -> values to draw from.
    takes_missing : whether it can be fitted on missing values.
    tasks : what it can be fitted to; empty, of a transformer, where that does not matter.
    needs : what its columns must be: any numbers, ``positive`` ones, or ``codes`` of categories.
    margin : whether a classifier has a decision function only, so that it is also tried inside a calibration.
    inexact : how far it may be from the estimator: 1e-12, more where a sum is ordered otherwise in many steps, or
        ends in float32.
    from_zero : whether it takes no other labels than 0, 1, 2.
    """

    params: Values
    takes_missing: bool = False
    tasks: tuple[Task, ...] = ()
    needs: Literal["numbers", "positive", "codes"] = "numbers"
    inexact: float = 1e-12
    margin: bool = False
    from_zero: bool = False


ENCODERS: dict[type, Grid] = {
    preprocessing.OneHotEncoder: Grid(
        {
            "handle_unknown": ("ignore", "infrequent_if_exist", "error"),
            "drop": (None, None, "first", "if_binary"),
            "min_frequency": (None, 2, 20, 0.3),
            "max_categories": (None, None, 2, 3),
            "sparse_output": BOTH,
        },
        takes_missing=True,
    ),
    preprocessing.OrdinalEncoder: Grid(
        {
            "handle_unknown": ("use_encoded_value", "use_encoded_value", "error"),
            "unknown_value": (-1, 99),
            "encoded_missing_value": (-2, 77),
            "min_frequency": (None, None, 20),
        },
        takes_missing=True,
    ),
    RateEncoder: Grid({"folds": (2, 5)}, takes_missing=True, tasks=("binary",)),
    preprocessing.TargetEncoder: Grid(
        {"smooth": ("auto", 0.0, 5.0), "cv": (2,), "random_state": (0,)}, takes_missing=True
    ),
}
"""From categories to numbers."""

SCALERS: dict[type, Grid] = {
    CyclicalEncoder: Grid({"period": (7, 10.0, 24)}),
    preprocessing.StandardScaler: Grid({"with_mean": BOTH, "with_std": BOTH}, takes_missing=True),
    preprocessing.MinMaxScaler: Grid({"feature_range": ((0, 1), (-2, 3)), "clip": BOTH}, takes_missing=True),
    preprocessing.MaxAbsScaler: Grid({}, takes_missing=True),
    preprocessing.RobustScaler: Grid(
        {"with_centering": BOTH, "with_scaling": BOTH, "quantile_range": ((25.0, 75.0), (10.0, 80.0))},
        takes_missing=True,
    ),
    preprocessing.Normalizer: Grid({"norm": ("l1", "l2", "max")}),
    preprocessing.Binarizer: Grid({"threshold": (0.0, 1.5)}),
    preprocessing.KBinsDiscretizer: Grid(
        {
            "n_bins": (2, 4),
            "encode": ("onehot", "onehot-dense", "ordinal"),
            "strategy": ("uniform", "quantile", "kmeans"),
            "subsample": (None,),
        }
    ),
    preprocessing.PolynomialFeatures: Grid({"degree": (2, 3), "interaction_only": BOTH, "include_bias": BOTH}),
    preprocessing.SplineTransformer: Grid(
        {
            "n_knots": (2, 4),
            "degree": (1, 2, 3),
            "knots": ("uniform", "quantile"),
            "extrapolation": ("constant", "linear", "continue", "error", "periodic"),
            "include_bias": BOTH,
        },
        inexact=1e-9,
    ),
    preprocessing.PowerTransformer: Grid({"method": ("yeo-johnson",), "standardize": BOTH}, True, inexact=1e-9),
    preprocessing.QuantileTransformer: Grid(
        {"n_quantiles": (5, 20), "output_distribution": ("uniform", "normal"), "subsample": (None, 10_000)},
        takes_missing=True,
        inexact=1e-9,
    ),
    preprocessing.FunctionTransformer: Grid({"func": (None,)}, takes_missing=True),
    impute.SimpleImputer: Grid(
        {"strategy": ("mean", "median", "most_frequent", "constant"), "add_indicator": BOTH}, takes_missing=True
    ),
    impute.MissingIndicator: Grid({"features": ("all", "missing-only"), "error_on_new": (False,)}, takes_missing=True),
}
"""From numbers to numbers, column by column or across columns."""

REDUCERS: dict[type, Grid] = {
    decomposition.PCA: Grid({"n_components": (1, 2, None), "whiten": BOTH}, inexact=1e-9),
    decomposition.TruncatedSVD: Grid({"n_components": (1,), "random_state": (0,)}, inexact=1e-9),
    feature_selection.SelectKBest: Grid({"k": (1, 2, "all")}),
    feature_selection.SelectPercentile: Grid({"percentile": (40, 100)}),
    feature_selection.SelectFpr: Grid({"alpha": (0.9,)}),
    feature_selection.SelectFdr: Grid({"alpha": (0.99,)}),
    feature_selection.SelectFwe: Grid({"alpha": (0.99,)}),
    feature_selection.VarianceThreshold: Grid({"threshold": (0.0, 0.01)}, takes_missing=True),
    feature_selection.GenericUnivariateSelect: Grid({"mode": ("k_best",), "param": (1, 2)}),
    feature_selection.RFE: Grid({"n_features_to_select": (1, 2)}),
    feature_selection.RFECV: Grid({"cv": (2,)}),
    feature_selection.SelectFromModel: Grid({"max_features": (1, None)}),
    feature_selection.SequentialFeatureSelector: Grid({"n_features_to_select": (1,), "cv": (2,)}),
    preprocessing.StandardScaler: Grid({"with_mean": BOTH}, takes_missing=True),
    preprocessing.MinMaxScaler: Grid({}, takes_missing=True),
}
"""Over all columns, once they stand side by side."""

_TREE: Values = {"max_depth": (1, 2, 3, None), "min_samples_leaf": (1, 5), "random_state": (0,)}
_FOREST: Values = {**_TREE, "n_estimators": (3, 8)}
_BOOSTING: Values = {"n_estimators": (3, 8), "max_depth": (1, 2, 3), "subsample": (1.0, 0.7), "random_state": (0,)}
_HISTOGRAM: Values = {
    "max_iter": (3, 8),
    "max_depth": (None, 2),
    "interaction_cst": (None, "pairwise", "pairwise"),
    "min_samples_leaf": (2, 10),
    "l2_regularization": (0.0, 1.0),
    "random_state": (0,),
}

_LIGHT: Values = {
    "boosting_type": ("gbdt", "dart"),
    "n_estimators": (3, 8),
    "num_leaves": (2, 3, 7),
    "min_child_samples": (2, 10),
    "random_state": (0,),
    "n_jobs": (1,),
    "verbose": (-1,),
}
_EXTREME: Values = {"n_estimators": (3, 8), "max_depth": (1, 3), "random_state": (0,), "n_jobs": (1,)}
_OPTIONAL: dict[str, Grid] = {
    "LGBMClassifier": Grid(_LIGHT, takes_missing=True, tasks=CLASSES),
    "LGBMRegressor": Grid(
        {**_LIGHT, "objective": ("regression", "regression_l1", "poisson")}, takes_missing=True, tasks=("counts",)
    ),
    "XGBClassifier": Grid(_EXTREME, takes_missing=True, tasks=CLASSES, inexact=1e-6, from_zero=True),
    "XGBRegressor": Grid(
        {**_EXTREME, "objective": ("reg:squarederror", "reg:absoluteerror", "count:poisson")},
        takes_missing=True,
        tasks=("counts",),
        inexact=1e-6,
    ),
}

HEADS: dict[type, Grid] = {
    linear_model.LogisticRegression: Grid(
        {"C": (0.01, 1.0, 100.0), "fit_intercept": BOTH, "class_weight": (None, "balanced"), "max_iter": (30,)},
        tasks=CLASSES,
    ),
    linear_model.SGDClassifier: Grid(
        {"loss": ("log_loss", "modified_huber", "hinge"), "max_iter": (20,), "random_state": (0,)}, tasks=CLASSES
    ),
    linear_model.RidgeClassifier: Grid({"alpha": (0.1, 1.0)}, tasks=CLASSES, margin=True),
    svm.LinearSVC: Grid({"C": (0.1, 1.0), "random_state": (0,), "max_iter": (50,)}, tasks=CLASSES, margin=True),
    linear_model.LinearRegression: Grid({"fit_intercept": BOTH}, tasks=NUMBERS),
    linear_model.Ridge: Grid({"alpha": (0.1, 1.0), "fit_intercept": BOTH}, tasks=NUMBERS),
    linear_model.Lasso: Grid({"alpha": (0.01, 0.3)}, tasks=NUMBERS),
    linear_model.ElasticNet: Grid({"alpha": (0.01, 0.3), "l1_ratio": (0.2, 0.8)}, tasks=NUMBERS),
    linear_model.SGDRegressor: Grid({"max_iter": (20,), "random_state": (0,)}, tasks=NUMBERS),
    linear_model.PoissonRegressor: Grid({"alpha": (0.1, 1.0), "max_iter": (30,)}, tasks=("counts",)),
    linear_model.GammaRegressor: Grid({"alpha": (0.1, 1.0), "max_iter": (30,)}, tasks=("counts",)),
    linear_model.TweedieRegressor: Grid({"power": (0, 1, 1.5), "max_iter": (30,)}, tasks=("counts",)),
    linear_model.RidgeClassifierCV: Grid({}, tasks=CLASSES, margin=True),
    linear_model.Perceptron: Grid({"max_iter": (20,)}, tasks=CLASSES, margin=True),
    **(
        {linear_model.PassiveAggressiveClassifier: Grid({"max_iter": (20,)}, tasks=CLASSES, margin=True)}
        if hasattr(linear_model, "PassiveAggressiveClassifier")
        else {}
    ),
    linear_model.LogisticRegressionCV: Grid({"Cs": (2,), "cv": (2,), "max_iter": (30,)}, tasks=CLASSES),
    discriminant_analysis.LinearDiscriminantAnalysis: Grid(
        # Its weights are as large as its columns are alike: what cancels in their sum is left to rounding.
        {"solver": ("svd", "lsqr", "eigen")},
        tasks=CLASSES,
        inexact=1e-9,
    ),
    linear_model.ARDRegression: Grid({"max_iter": (10,)}, tasks=NUMBERS),
    linear_model.BayesianRidge: Grid({"max_iter": (10,)}, tasks=NUMBERS),
    linear_model.ElasticNetCV: Grid({"cv": (2,), "max_iter": (50,)}, tasks=NUMBERS),
    linear_model.HuberRegressor: Grid({"max_iter": (20,)}, tasks=NUMBERS),
    linear_model.Lars: Grid({}, tasks=NUMBERS),
    linear_model.LarsCV: Grid({"cv": (2,)}, tasks=NUMBERS),
    linear_model.LassoCV: Grid({"cv": (2,), "max_iter": (50,)}, tasks=NUMBERS),
    linear_model.LassoLars: Grid({"alpha": (0.01,)}, tasks=NUMBERS),
    linear_model.LassoLarsCV: Grid({"cv": (2,)}, tasks=NUMBERS),
    linear_model.LassoLarsIC: Grid({}, tasks=NUMBERS),
    linear_model.OrthogonalMatchingPursuit: Grid({}, tasks=NUMBERS),
    linear_model.OrthogonalMatchingPursuitCV: Grid({"cv": (2,)}, tasks=NUMBERS),
    linear_model.QuantileRegressor: Grid({"quantile": (0.3, 0.5)}, tasks=NUMBERS),
    linear_model.RidgeCV: Grid({}, tasks=NUMBERS),
    linear_model.TheilSenRegressor: Grid({"max_subpopulation": (20,), "random_state": (0,)}, tasks=NUMBERS),
    svm.LinearSVR: Grid({"max_iter": (50,), "random_state": (0,)}, tasks=NUMBERS),
    dummy.DummyClassifier: Grid({"strategy": ("prior", "most_frequent", "uniform", "stratified")}, tasks=CLASSES),
    dummy.DummyRegressor: Grid({"strategy": ("mean", "median")}, tasks=NUMBERS),
    naive_bayes.GaussianNB: Grid({"var_smoothing": (1e-9, 0.1)}, tasks=CLASSES),
    naive_bayes.BernoulliNB: Grid({"alpha": (0.5, 1.0), "binarize": (0.0, 1.0), "fit_prior": BOTH}, tasks=CLASSES),
    naive_bayes.CategoricalNB: Grid({"alpha": (0.5, 1.0), "fit_prior": BOTH}, tasks=CLASSES, needs="codes"),
    naive_bayes.MultinomialNB: Grid({"alpha": (0.5, 1.0)}, tasks=CLASSES, needs="positive"),
    naive_bayes.ComplementNB: Grid({"alpha": (0.5, 1.0)}, tasks=CLASSES, needs="positive"),
    tree.DecisionTreeClassifier: Grid(_TREE, takes_missing=True, tasks=CLASSES),
    tree.DecisionTreeRegressor: Grid(_TREE, takes_missing=True, tasks=NUMBERS),
    tree.ExtraTreeClassifier: Grid(_TREE, tasks=CLASSES),
    tree.ExtraTreeRegressor: Grid(_TREE, tasks=NUMBERS),
    ensemble.RandomForestClassifier: Grid(_FOREST, takes_missing=True, tasks=CLASSES),
    ensemble.RandomForestRegressor: Grid(_FOREST, takes_missing=True, tasks=NUMBERS),
    ensemble.ExtraTreesClassifier: Grid(_FOREST, tasks=CLASSES),
    ensemble.ExtraTreesRegressor: Grid(_FOREST, tasks=NUMBERS),
    ensemble.GradientBoostingClassifier: Grid({**_BOOSTING, "init": (None, None, "zero")}, tasks=CLASSES),
    ensemble.GradientBoostingRegressor: Grid(
        {**_BOOSTING, "loss": ("squared_error", "absolute_error", "huber", "quantile"), "init": (None, "zero")},
        tasks=NUMBERS,
    ),
    ensemble.HistGradientBoostingClassifier: Grid(_HISTOGRAM, takes_missing=True, tasks=CLASSES),
    ensemble.HistGradientBoostingRegressor: Grid(
        {**_HISTOGRAM, "loss": ("squared_error", "absolute_error", "poisson")}, takes_missing=True, tasks=("counts",)
    ),
    ensemble.AdaBoostClassifier: Grid({"n_estimators": (3, 8), "random_state": (0,)}, tasks=CLASSES),
    ensemble.AdaBoostRegressor: Grid({"n_estimators": (3, 8), "random_state": (0,)}, tasks=NUMBERS),
    neural_network.MLPClassifier: Grid(
        {
            "hidden_layer_sizes": ((3,), (4, 3)),
            "activation": ("relu", "tanh", "logistic", "identity"),
            "max_iter": (5,),
            "random_state": (0,),
        },
        tasks=CLASSES,
        inexact=1e-9,
    ),
    neural_network.MLPRegressor: Grid(
        {
            "hidden_layer_sizes": ((3,), (4, 3)),
            "activation": ("relu", "tanh", "logistic", "identity"),
            "max_iter": (5,),
            "random_state": (0,),
        },
        tasks=NUMBERS,
        inexact=1e-9,
    ),
    **{kind: _OPTIONAL[kind.__name__] for kind in installed()},
}
"""Estimators."""

META: dict[type, Grid] = {
    calibration.CalibratedClassifierCV: Grid(
        {"method": ("sigmoid", "isotonic"), "cv": (2,), "ensemble": BOTH}, tasks=CLASSES
    ),
    ensemble.VotingClassifier: Grid({"voting": ("soft", "soft", "hard"), "weights": (None, (2.0, 1.0))}, tasks=CLASSES),
    ensemble.VotingRegressor: Grid({"weights": (None, (2.0, 1.0))}, tasks=NUMBERS),
    ensemble.StackingClassifier: Grid({"cv": (2,), "passthrough": BOTH}, tasks=CLASSES),
    ensemble.StackingRegressor: Grid({"cv": (2,), "passthrough": BOTH}, tasks=NUMBERS),
    ensemble.BaggingClassifier: Grid({"n_estimators": (2,), "random_state": (0,)}, tasks=CLASSES),
    ensemble.BaggingRegressor: Grid({"n_estimators": (2,), "random_state": (0,)}, tasks=NUMBERS),
    compose.TransformedTargetRegressor: Grid({"func": (np.log1p,), "inverse_func": (np.expm1,)}, tasks=NUMBERS),
    model_selection.GridSearchCV: Grid({"cv": (2,)}, tasks=(*CLASSES, *NUMBERS)),
    model_selection.RandomizedSearchCV: Grid({"cv": (2,), "n_iter": (1,)}, tasks=(*CLASSES, *NUMBERS)),
    model_selection.HalvingGridSearchCV: Grid({"cv": (2,), "random_state": (0,)}, tasks=(*CLASSES, *NUMBERS)),
    model_selection.HalvingRandomSearchCV: Grid(
        {"cv": (2,), "n_candidates": (1, 2), "random_state": (0,)}, tasks=(*CLASSES, *NUMBERS)
    ),
    **({frozen.FrozenEstimator: Grid({}, tasks=(*CLASSES, *NUMBERS))} if frozen else {}),
    model_selection.FixedThresholdClassifier: Grid({"threshold": (0.3, 0.7)}, tasks=("binary",)),
    model_selection.TunedThresholdClassifierCV: Grid({"cv": (2,), "thresholds": (3,)}, tasks=("binary",)),
}
"""Estimators that hold estimators."""

FRAMEWORK = {pipeline.Pipeline, pipeline.FeatureUnion, compose.ColumnTransformer}
"""What every random pipeline is put together with."""
