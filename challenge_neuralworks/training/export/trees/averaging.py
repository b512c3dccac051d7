"""Assemblers of single decision trees and of averages of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.trees.compiling import tree_head
from challenge_neuralworks.training.export.trees.ensemble import Ensemble
from challenge_neuralworks.training.export.trees.float32 import float32_inputs
from challenge_neuralworks.training.export.trees.grown import grown, takes_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def decision_tree(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted DecisionTree or ExtraTree, classifier or regressor."""
    return _average([estimator], estimator, columns, step)


def forest(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted RandomForest or ExtraTrees, classifier or regressor: the mean of its trees."""
    return _average(estimator.estimators_, estimator, columns, step)


def _average(fitted: Sequence[Any], estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    if estimator.n_outputs_ != 1:
        step.refuse(f"{type(estimator).__name__} of {estimator.n_outputs_} targets", "fit one for each target")
    trees = [grown(tree.tree_) for tree in fitted]
    bases = [0.0] * (len(estimator.classes_) if hasattr(estimator, "classes_") else 1)
    inputs = float32_inputs(missing=takes_missing(fitted[0]))
    return tree_head(Ensemble(trees, bases, "identity", float(len(trees)), inputs), columns, step)
