"""Fitted trees with the training rows that went through each node: what path-dependent explanations average over."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn import ensemble as ensembles
from sklearn import tree as single

from challenge_neuralworks.errors import NotExplainable
from challenge_neuralworks.training.export.trees import boosting, histogram
from challenge_neuralworks.training.export.trees.grown import grown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.trees.ensemble import Tree


class Covered(NamedTuple):
    """One tree: of a leaf, what it adds to the score; of each node, the (weighted) training rows that reached it."""

    tree: Tree
    covers: Sequence[float]

    def expected(self) -> float:
        """Return the mean of the leaves over the training rows."""
        leaves = [node for node, column in enumerate(self.tree.columns) if column < 0]
        return fsum(self.covers[leaf] / self.covers[0] * self.tree.values[leaf][0] for leaf in leaves)


class Grove(NamedTuple):
    """Trees that add up, with the bias, to one score."""

    trees: list[Covered]
    bias: float

    def expected(self) -> float:
        """Return the mean of the score over the training rows."""
        return fsum([self.bias, *(covered.expected() for covered in self.trees)])

    def least_cover(self) -> float:
        """Return the fewest training rows, by weight, of any node."""
        return min(min(covered.covers) for covered in self.trees)

    def asked(self) -> set[int]:
        """Return the columns that any tree asks."""
        return {column for covered in self.trees for column in covered.tree.asked}


def _boosted_by_histogram(estimator: Any, step: Step) -> Grove:
    _one_output(estimator, estimator.n_trees_per_iteration_)
    origins, categories = histogram.inputs_of(estimator)
    predictors = [iteration[0] for iteration in estimator._predictors]  # noqa: SLF001 - as its assembler does
    trees = [
        Covered(histogram.tree_of(predictor, origins, categories), predictor.nodes["count"].tolist())
        for predictor in predictors
    ]
    return Grove(trees, float(estimator._baseline_prediction.ravel()[0]))  # noqa: SLF001 - as above


def _boosted(estimator: Any, step: Step) -> Grove:
    _one_output(estimator, estimator.estimators_.shape[1])
    trees = [fitted.tree_ for fitted in estimator.estimators_[:, 0]]
    (bias,) = boosting.bases_of(estimator, 1, step)
    return Grove([_covered(tree, estimator.learning_rate, 0) for tree in trees], bias)


def _averaged(estimator: Any, step: Step) -> Grove:
    n_outputs = len(estimator.classes_) if hasattr(estimator, "classes_") else 1
    second = int(hasattr(estimator, "classes_"))
    _one_output(estimator, 1 if n_outputs == second + 1 else n_outputs)
    fitted = getattr(estimator, "estimators_", [estimator])
    return Grove([_covered(one.tree_, 1.0 / len(fitted), second) for one in fitted], 0.0)


def _covered(tree: Any, weight: float, output: int) -> Covered:
    read = grown(tree, weight)
    values = [value[output : output + 1] for value in read.values]
    return Covered(read._replace(values=values), tree.weighted_n_node_samples.tolist())


def _one_output(estimator: Any, n_outputs: int) -> None:
    if n_outputs != 1:
        raise NotExplainable(type(estimator).__name__, f"its score has {n_outputs} values, not one")


GROVES: dict[type, Callable[[Any, Step], Grove]] = {
    ensembles.ExtraTreesClassifier: _averaged,
    ensembles.ExtraTreesRegressor: _averaged,
    ensembles.GradientBoostingClassifier: _boosted,
    ensembles.GradientBoostingRegressor: _boosted,
    ensembles.HistGradientBoostingClassifier: _boosted_by_histogram,
    ensembles.HistGradientBoostingRegressor: _boosted_by_histogram,
    ensembles.RandomForestClassifier: _averaged,
    ensembles.RandomForestRegressor: _averaged,
    single.DecisionTreeClassifier: _averaged,
    single.DecisionTreeRegressor: _averaged,
    single.ExtraTreeClassifier: _averaged,
    single.ExtraTreeRegressor: _averaged,
}
"""Fitted estimator, exactly of this class, -> its trees."""
