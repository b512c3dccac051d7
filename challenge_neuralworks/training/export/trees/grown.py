"""What scikit-learn's own tree structure holds, which decision trees, forests and gradient boosting share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.trees.ensemble import Tree
from challenge_neuralworks.training.export.trees.float32 import widened

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.trees.ensemble import Bound


def grown(tree: Any, weight: float = 1.0) -> Tree:
    """Return a fitted ``tree_``; a leaf's values are its classes' shares, or its mean, times a weight."""
    nodes = tree.__getstate__()["nodes"]
    is_leaf = nodes["left_child"] < 0
    columns = np.where(is_leaf, -1, nodes["feature"]).tolist()
    bounds: list[Bound] = np.where(is_leaf, 0.0, widened(nodes["threshold"])).tolist()
    values = (tree.value[:, 0, :] * weight).tolist()
    missing_left = nodes["missing_go_to_left"].astype(bool).tolist()
    leaves = [tuple(value) if leaf else () for leaf, value in zip(is_leaf, values, strict=True)]
    return Tree(columns, bounds, nodes["left_child"].tolist(), nodes["right_child"].tolist(), missing_left, leaves)


def takes_missing(estimator: Any) -> bool:
    """Return whether a fitted tree takes NaN, which depends on scikit-learn's version, criterion and splitter."""
    rows = np.zeros((1, estimator.n_features_in_))
    return bool(estimator._support_missing_values(rows))  # noqa: SLF001 - what its own `predict` asks
