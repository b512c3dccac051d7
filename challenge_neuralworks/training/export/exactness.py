"""Steps whose last digits, or whose zeros, a later step would blow up: such a chain is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    SplineTransformer,
    TargetEncoder,
)

from challenge_neuralworks.training.encoders import CyclicalEncoder, RateEncoder
from challenge_neuralworks.training.export.folding import domain_of
from challenge_neuralworks.training.export.parallel import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source

ROUNDED = (CyclicalEncoder, Normalizer, PCA, PowerTransformer, TruncatedSVD)
"""Classes whose results may differ from numpy's in the last digit: logarithms, sines, sums in another order."""

EXACT_FUNCTIONS = {None, "absolute", "negative", "sign", "sqrt", "square"}
"""Names of functions whose results are the same to the last digit wherever they are computed."""

JUMPS = (Binarizer, KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, QuantileTransformer, RateEncoder, TargetEncoder)
"""Classes that may make much of a last digit: where a number equals another, or passes an edge."""

TREES = ("Tree", "Forest", "Boosting", "XGB", "LGBM")
"""What the classes of trees, and of what is made of them, have in their names."""

HOLDERS = (
    "best_estimator_",
    "calibrated_classifiers_",
    "estimator",
    "estimator_",
    "estimators_",
    "final_estimator_",
    "regressor_",
    "steps",
)
"""Attributes in which fitted estimators keep others."""

CLOSE = 1e-3
"""Distance of knots, as a share of the largest, below which a spline loses too many digits."""


def refuse_chain(before: Sequence[Any], transformer: Any, sources: Sequence[Source], step: Step) -> None:
    """Refuse a transformer after steps that it cannot follow exactly."""
    if type(transformer) is QuantileTransformer and any(_any_part(_is_sparse, part) for part in before):
        step.refuse(
            "QuantileTransformer of a sparse matrix, whose zeros it leaves,",
            "have the steps before it give dense arrays (`sparse_output=False`, `sparse_threshold=0`, 'onehot-dense')",
        )
    rounded = [type(part).__name__ for part in before if _any_part(_is_rounded, part)]
    if rounded and _any_part(_jumps, transformer) and not all(_folds(source, step) for source in sources):
        step.refuse(
            f"{type(transformer).__name__} after {rounded[0]}, whose last digit decides,",
            "swap the two steps, leave one out",
        )


def refuse_trees(before: Sequence[Any], estimator: Any, step: Step) -> None:
    """Refuse thresholds, as of trees, over computed columns of which a last digit may differ: it would decide."""
    rounded = [type(part).__name__ for part in before if _any_part(_is_rounded_to_trees, part)]
    if rounded and (has_trees(estimator) or _binarizes(estimator)):
        step.refuse(
            f"{type(estimator).__name__} with thresholds after {rounded[0]}, whose last digit decides,",
            "leave that step out",
        )


def refuse_inside(pipeline: Any, step: Step) -> None:
    """Refuse a pipeline over another's computed columns where their last digit would decide."""
    parts = [transformer for _, transformer in pipeline.steps]
    if has_trees(parts[-1]) or _binarizes(parts[-1]) or any(_any_part(_jumps, part) for part in parts[:-1]):
        step.refuse("a pipeline inside another, with steps that jump,", "make one pipeline of both")


def has_trees(estimator: Any) -> bool:
    """Return whether a fitted estimator is, or holds, decision trees."""
    return is_tree(estimator) or any(has_trees(part) for part in held_by(estimator))


def _binarizes(estimator: Any) -> bool:
    """Return whether a fitted estimator is, or holds, one that asks only whether numbers pass a threshold."""
    return isinstance(estimator, BernoulliNB) or any(_binarizes(part) for part in held_by(estimator))


def in_float32(estimator: Any) -> bool:
    """Return whether a fitted estimator is XGBoost's, which answers in float32, or holds one."""
    return is_xgboost(estimator) or any(in_float32(part) for part in held_by(estimator))


def is_xgboost(estimator: Any) -> bool:
    """Return whether an estimator is XGBoost's own."""
    return type(estimator).__name__.startswith("XGB")


def is_tree(estimator: Any) -> bool:
    """Return whether a fitted estimator is a tree, or an ensemble of nothing but trees."""
    return any(name in type(estimator).__name__ for name in TREES)


def held_by(estimator: Any) -> list[Any]:
    """Return the estimators that a fitted one keeps in its attributes."""
    held = (getattr(estimator, name, None) for name in HOLDERS)
    return [part for parts in held if parts is not None for part in _listed(parts)]


def _listed(parts: Any) -> list[Any]:
    listed = list(parts) if isinstance(parts, list | tuple | np.ndarray) else [parts]
    return [part[-1] if isinstance(part, tuple) else part for part in listed]


def _any_part(is_so: Callable[[Any], bool], transformer: Any) -> bool:
    """Return whether it is so of a transformer, or of anything that it holds."""
    if isinstance(transformer, Pipeline):
        return any(_any_part(is_so, part) for _, part in transformer.steps)
    if isinstance(transformer, FeatureUnion):
        return any(_any_part(is_so, part) for _, part in transformer.transformer_list)
    if isinstance(transformer, ColumnTransformer):
        return is_so(transformer) or any(_any_part(is_so, part) for _, part, _ in parts_of(transformer))
    return is_so(transformer)


def _is_sparse(transformer: Any) -> bool:
    # A ColumnTransformer knows since its fit; others say so in one of two ways.
    says = getattr(transformer, "sparse_output_", getattr(transformer, "sparse_output", False))
    return bool(says) or getattr(transformer, "encode", None) == "onehot"


def _is_rounded(transformer: Any) -> bool:
    if isinstance(transformer, FunctionTransformer):
        return getattr(transformer.func, "__name__", None) not in EXACT_FUNCTIONS
    if isinstance(transformer, QuantileTransformer):
        return bool(transformer.output_distribution == "normal")
    return isinstance(transformer, ROUNDED)


def _is_rounded_to_trees(transformer: Any) -> bool:
    # Splines add up in an order of their own: smooth estimators do not notice, a threshold does.
    return _is_rounded(transformer) or isinstance(transformer, QuantileTransformer | SplineTransformer)


def _jumps(transformer: Any) -> bool:
    if isinstance(transformer, SplineTransformer):
        # Splines are as steep as their knots are close.
        knots = [np.asarray(curve.t) for curve in transformer.bsplines_]
        return transformer.degree == 0 or any(np.diff(t).min() < CLOSE * np.abs(t).max() for t in knots)
    return isinstance(transformer, JUMPS)


def _folds(source: Source, step: Step) -> bool:
    """Return whether scikit-learn itself fills a table for a column, so that nothing is computed."""
    if len(source.features) != 1:
        return not source.features
    domain = domain_of(next(iter(source.features)), step)
    return domain is not None and (domain.declared or source.encoded)
