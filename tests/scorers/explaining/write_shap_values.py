"""Writes shap_values.json: ensembles, rows, and what the package `shap` says of them.

Run ``python -m tests.scorers.explaining.write_shap_values`` where `shap` is installed; the project itself does not
need it. The trees are written with the values, so that no version of scikit-learn can grow others.
"""

from __future__ import annotations

import json
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sklearn
from sklearn import ensemble, tree

from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.training.export.assembly import Step
from challenge_neuralworks.training.export.covers import GROVES
from challenge_neuralworks.training.export.registry import REGISTRY

COLUMNS = ("a", "b", "c", "d")
ESTIMATORS = (
    tree.DecisionTreeClassifier(max_depth=4, random_state=0),
    tree.ExtraTreeRegressor(max_depth=4, random_state=0),
    ensemble.RandomForestClassifier(4, max_depth=4, class_weight="balanced", random_state=0),
    ensemble.RandomForestRegressor(4, max_depth=4, random_state=0),
    ensemble.ExtraTreesClassifier(4, max_depth=4, random_state=0),
    ensemble.GradientBoostingClassifier(n_estimators=5, subsample=0.7, random_state=0),
    ensemble.GradientBoostingRegressor(n_estimators=5, loss="huber", random_state=0),
    ensemble.HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=8, random_state=0),
    ensemble.HistGradientBoostingRegressor(max_iter=5, max_leaf_nodes=8, loss="poisson", random_state=0),
)


def _case(estimator: Any, step: Step) -> dict[str, Any]:
    import shap  # type: ignore[import-not-found]  # not a dependency of the project

    draw = np.random.default_rng(0)
    data = pd.DataFrame(draw.normal(size=(200, len(COLUMNS))), columns=list(COLUMNS)).round(3)
    if "Hist" in type(estimator).__name__:
        data = data.mask(draw.random(data.shape) < 0.15)
    filled = data.fillna(0.5)
    value = np.exp(filled["a"] * filled["b"] + filled["c"] / 2.0)
    estimator.fit(data, value > 1.0 if hasattr(estimator, "predict_proba") else value)
    rows = data.head(8)
    explainer = shap.TreeExplainer(estimator, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(rows))
    grove = GROVES[type(estimator)](estimator, step)
    return {
        "estimator": type(estimator).__name__,
        "columns": COLUMNS,
        "bias": grove.bias,
        "trees": [(covered.tree, covered.covers) for covered in grove.trees],
        "rows": [[None if isnan(cell) else cell for cell in row] for row in rows.to_numpy().tolist()],
        # Of two classes, forests have values for each.
        "shap_values": (values[:, :, -1] if values.ndim == 3 else values).tolist(),
        "expected_value": float(np.ravel(explainer.expected_value)[-1]),
    }


def main() -> None:
    """Write the file."""
    from importlib.metadata import version

    signature = Signature([Field(name, "number", "Some number.", 1.0, missing="accept") for name in COLUMNS])
    cases = [_case(estimator, Step("", signature, REGISTRY, {})) for estimator in ESTIMATORS]
    content = {"shap": version("shap"), "scikit-learn": sklearn.__version__, "cases": cases}
    path = Path(__file__).with_name("shap_values.json")
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
