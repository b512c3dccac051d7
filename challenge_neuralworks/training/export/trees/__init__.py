"""Assemblers of decision trees and what is made of them: one module a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor

from challenge_neuralworks.training.export.trees.averaging import decision_tree, forest
from challenge_neuralworks.training.export.trees.boosting import gradient_boosting
from challenge_neuralworks.training.export.trees.histogram import hist_gradient_boosting

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import HeadOfColumns, PlainHead

HEADS: dict[type, PlainHead] = {}

FOLDING: dict[type, HeadOfColumns] = {
    DecisionTreeClassifier: decision_tree,
    DecisionTreeRegressor: decision_tree,
    ExtraTreeClassifier: decision_tree,
    ExtraTreeRegressor: decision_tree,
    ExtraTreesClassifier: forest,
    ExtraTreesRegressor: forest,
    GradientBoostingClassifier: gradient_boosting,
    GradientBoostingRegressor: gradient_boosting,
    HistGradientBoostingClassifier: hist_gradient_boosting,
    HistGradientBoostingRegressor: hist_gradient_boosting,
    RandomForestClassifier: forest,
    RandomForestRegressor: forest,
}
