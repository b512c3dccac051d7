"""Assemblers of HistGradientBoosting estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.trees.compiling import tree_head
from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column
    from challenge_neuralworks.training.export.trees.ensemble import Bound

LINKS = {
    "log_loss": "sigmoid",
    "squared_error": "identity",
    "absolute_error": "identity",
    "quantile": "identity",
    "gamma": "exp",
    "poisson": "exp",
}
"""Loss -> link of its raw predictions; classification of more than two classes has softmax."""


def hist_gradient_boosting(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted HistGradientBoostingClassifier or HistGradientBoostingRegressor."""
    if not isinstance(estimator.loss, str) or estimator.loss not in LINKS:
        step.refuse(f"{type(estimator).__name__}(loss={estimator.loss!r})", f"use one of {', '.join(LINKS)}")
    bases = [float(base) for base in estimator._baseline_prediction.ravel()]  # noqa: SLF001 - it has no public name
    origins, categories = inputs_of(estimator)
    trees = [
        tree_of(iteration[output], origins, categories)
        for output in range(len(bases))
        for iteration in estimator._predictors  # noqa: SLF001 - as above
    ]
    link = "softmax" if len(bases) > 1 else LINKS[estimator.loss]
    return tree_head(Ensemble(trees, bases, link, categorical=frozenset(categories)), columns, step)


def inputs_of(estimator: Any) -> tuple[list[int], dict[int, list[Any]]]:
    """Return the column behind each feature of the trees, and the category behind each code of a categorical one."""
    n_features = estimator.n_features_in_
    if estimator.is_categorical_ is None:
        return list(range(n_features)), {}
    is_categorical = [bool(value) for value in estimator.is_categorical_]
    encoded = [column for column in range(n_features) if is_categorical[column]]
    # scikit-learn's own preprocessor encodes the categories, and puts them first.
    encoder = estimator._preprocessor.named_transformers_["encoder"]  # noqa: SLF001 - it has no public name
    categories = {
        column: [_plain(category) for category in known]
        for column, known in zip(encoded, encoder.categories_, strict=True)
    }
    return encoded + [column for column in range(n_features) if not is_categorical[column]], categories


def _plain(category: Any) -> Any:
    return category.item() if hasattr(category, "item") else category


def tree_of(predictor: Any, origins: Sequence[int], categories: dict[int, list[Any]]) -> Tree:
    """Return one tree, over the columns and categories that `inputs_of` tells."""
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    columns = [-1 if leaf else origins[feature] for leaf, feature in zip(is_leaf, nodes["feature_idx"], strict=True)]
    bounds: list[Bound] = nodes["num_threshold"].tolist()
    for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~is_leaf):
        bits = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]]
        bounds[node] = {
            category: bool(int(bits[code // 32]) >> code % 32 & 1)
            for code, category in enumerate(categories[columns[node]])
            # scikit-learn takes NaN for missing, whatever it was in training.
            if category == category  # noqa: PLR0124
        }
    values = [(value,) if leaf else () for leaf, value in zip(is_leaf, nodes["value"].tolist(), strict=True)]
    missing_left = nodes["missing_go_to_left"].astype(bool).tolist()
    return Tree(columns, bounds, nodes["left"].tolist(), nodes["right"].tolist(), missing_left, values)
