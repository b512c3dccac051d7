"""Assemblers of LightGBM's estimators, where that is installed."""

from __future__ import annotations

from math import inf, nextafter
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.trees.compiling import tree_head
from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

LINKS = {
    "binary sigmoid:1": "sigmoid",
    "multiclass": "softmax",
    **dict.fromkeys(("regression", "regression_l1", "huber", "fair", "quantile", "mape"), "identity"),
    **dict.fromkeys(("poisson", "gamma", "tweedie"), "exp"),
}
"""Objective, as the booster writes it (less its numbers), -> link."""

ZERO = 1.0000000180025095e-35
"""LightGBM takes numbers up to this magnitude for 0: float32's 1e-35."""


def lightgbm(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted LGBMClassifier or LGBMRegressor: its best iterations, where it stopped early."""
    kind = type(estimator).__name__
    model = estimator.booster_.dump_model()
    link = LINKS.get(_objective(str(model.get("objective", ""))))
    if link is None or hasattr(estimator, "classes_") != (link in {"sigmoid", "softmax"}):
        step.refuse(f"{kind}(objective={model.get('objective')!r})", f"use one of {', '.join(LINKS)}")
    # The parameter has aliases, so the booster is asked.
    if model.get("average_output"):
        step.refuse(f"{kind}(boosting_type='rf')", "use 'gbdt', 'dart' or 'goss'")
    if estimator.get_params().get("pred_early_stop"):
        step.refuse(f"{kind}(pred_early_stop=True)", "leave it out")
    n_outputs = model["num_tree_per_iteration"]
    found = [_tree(info["tree_structure"], step, kind) for info in model["tree_info"]]
    trees = [tree for output in range(n_outputs) for tree in found[output::n_outputs]]
    return tree_head(Ensemble(trees, [0.0] * n_outputs, link), columns, step)


def _objective(written: str) -> str:
    name, *options = written.split() or [""]
    if name == "binary":
        return written
    # Options of the others shape the fit; of these, "sqrt" alone changes what is answered.
    return written if "sqrt" in options else name


def _tree(root: dict[str, Any], step: Step, kind: str) -> Tree:
    tree = Tree([], [], [], [], [], [])
    waiting = [root]
    for node in waiting:
        _add(tree, node, len(waiting), step, kind)
        # Breadth first: the list grows while it is read, and a node's place in it is its number.
        waiting += [node[side] for side in ("left_child", "right_child") if side in node]
    return tree


def _add(tree: Any, node: dict[str, Any], next_place: int, step: Step, kind: str) -> None:
    if "leaf_coeff" in node:
        step.refuse(f"{kind}(linear_tree=True)", "leave it out")
    row: tuple[Any, ...]
    if "split_feature" in node:
        bound, missing_left = _question(node, step, kind)
        row = (node["split_feature"], bound, next_place, next_place + 1, missing_left, ())
    else:
        row = (-1, 0.0, 0, 0, False, (float(node["leaf_value"]),))
    for table, value in zip(tree, row, strict=True):
        table.append(value)


def _question(node: dict[str, Any], step: Step, kind: str) -> tuple[float, bool]:
    """Return a node's bound, and whether NaN goes left."""
    if node["decision_type"] != "<=":
        step.refuse(f"{kind} with categorical features", "encode them, and leave categorical_feature out")
    if node["missing_type"] == "Zero":
        step.refuse(f"{kind}(zero_as_missing=True)", "leave it out")
    threshold = float(node["threshold"])
    # Where no value was missing in training, a missing one is taken for 0.
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0.0
    return _bound(threshold), bool(missing_left)


def _bound(threshold: float) -> float:
    """Return the greatest float64 that goes left of a threshold which sees tiny numbers as 0."""
    if -ZERO <= threshold < 0.0:
        return nextafter(-ZERO, -inf)
    return ZERO if 0.0 <= threshold < ZERO else threshold
