"""Assemblers of XGBoost's estimators, where that is installed.

Every decision, and every sum of leaves, is that of XGBoost, float32 for float32. It goes on to turn the sum into a
probability, or its exponential, in float32 too; a scorer does so in float64. So they are equal to 1e-6 of an
answer's size, and no further.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.export.trees.compiling import tree_head
from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Tree
from challenge_neuralworks.training.export.trees.float32 import widened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

LINKS = {
    "binary:logistic": "sigmoid",
    "multi:softprob": "softmax",
    **dict.fromkeys(("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:quantileerror"), "identity"),
    **dict.fromkeys(("count:poisson", "reg:gamma", "reg:tweedie"), "exp"),
}
"""Objective -> link."""

SURE = 2e-6
"""Versions differ in what they make of a base_score, a probability, that is nearer to 0 or 1."""


def xgboost(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted XGBClassifier or XGBRegressor: its best iterations, where it stopped early."""
    kind = type(estimator).__name__
    learner = json.loads(estimator.get_booster().save_raw("json"))["learner"]
    objective = learner["objective"]["name"]
    if objective not in LINKS or hasattr(estimator, "classes_") != (LINKS[objective] in {"sigmoid", "softmax"}):
        step.refuse(f"{kind}(objective={objective!r})", f"use one of {', '.join(LINKS)}")
    if learner["gradient_booster"]["name"] != "gbtree":
        step.refuse(f"{kind}(booster={learner['gradient_booster']['name']!r})", "use 'gbtree'")
    if estimator.missing == estimator.missing:
        step.refuse(f"{kind}(missing={estimator.missing!r})", "leave it out: NaN is missing")
    parameters = learner["learner_model_param"]
    if int(parameters.get("num_target", 1)) > 1:
        step.refuse(f"{kind} of {parameters['num_target']} outputs", "fit one estimator an output")
    model = learner["gradient_booster"]["model"]
    # XGBoost 3.4 writes a booster that drops trees as any other, with a weight for each tree.
    if any(weight != 1.0 for weight in model.get("weight_drop", ())):
        step.refuse(f"{kind} with dropped trees", "leave out rate_drop, skip_drop and one_drop")
    n_outputs = max(1, int(parameters["num_class"]))
    last = _last_tree(estimator, model)
    found = [
        (group, _tree(tree, step, kind)) for group, tree in zip(model["tree_info"][:last], model["trees"], strict=False)
    ]
    trees = [tree for output in range(n_outputs) for group, tree in found if group == output]
    bases = _bases(parameters["base_score"], LINKS[objective], n_outputs)
    if not all(map(isfinite, bases)):
        what = f"{kind}(base_score={parameters['base_score']}), as of targets that are all alike,"
        step.refuse(what, "fit it on others, or state a base_score")
    return tree_head(Ensemble(trees, bases, LINKS[objective], float32=True), columns, step)


def _last_tree(estimator: Any, model: dict[str, Any]) -> int:
    best = estimator.get_booster().attr("best_iteration")
    starts = model["iteration_indptr"]
    return int(starts[-1] if best is None else starts[int(best) + 1])


def _bases(written: str, link: str, n_outputs: int) -> list[float]:
    """Return the raw score of each output before the first tree, in float32; NaN or infinite where it is not known."""
    scores = np.asarray(json.loads(written) if written.startswith("[") else [float(written)], dtype=np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        if link == "sigmoid":
            # Near 1 the difference keeps few digits, and it must be those.
            bases = -_log(np.float32(1.0) / scores - np.float32(1.0))
            # Some versions clip what is more extreme.
            scores = np.where((scores >= SURE) & (scores <= 1.0 - SURE), bases, np.nan)
        elif link == "exp":
            scores = _log(scores)
    found: list[float] = scores.tolist()
    return found * (n_outputs if len(found) == 1 else 1)


def _log(numbers: Any) -> Any:
    return np.log(numbers.astype(np.float64)).astype(np.float32)


def _tree(tree: dict[str, Any], step: Step, kind: str) -> Tree:
    if any(tree["split_type"]):
        step.refuse(f"{kind} with categorical features", "encode them, and leave enable_categorical out")
    if int(tree["tree_param"]["size_leaf_vector"]) > 1:
        step.refuse(f"{kind}(multi_strategy='multi_output_tree')", "leave it out")
    left = tree["left_children"]
    is_leaf = [child < 0 for child in left]
    conditions = np.asarray(tree["split_conditions"], dtype=np.float32)
    # XGBoost goes left where float32(x) < condition: up to and with the float32 before it.
    bounds = widened(np.nextafter(conditions, np.float32(-np.inf))).tolist()
    return Tree(
        [-1 if leaf else column for leaf, column in zip(is_leaf, tree["split_indices"], strict=True)],
        bounds,
        left,
        tree["right_children"],
        [bool(value) for value in tree["default_left"]],
        [(float(value),) if leaf else () for leaf, value in zip(is_leaf, conditions, strict=True)],
    )
