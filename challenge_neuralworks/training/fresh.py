"""A sealed artifact, loaded as a function will load it: in a new process, without scikit-learn and its like."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import challenge_neuralworks
from challenge_neuralworks.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAVY = ("sklearn", "scipy", "numpy", "pandas", "dill", "joblib", "click", "boto3")
"""Packages that a served scorer must do without."""

TIMEOUT_S = 120

# Text, not a module: it has to run before anything of this package is imported.
CHILD = """
import json, sys
root, name, folder, heavy, instances = json.load(sys.stdin)
class Absent:
    def find_spec(self, module, path=None, target=None):
        if module.partition(".")[0] in heavy:
            raise ModuleNotFoundError(f"{module} is kept out of this process", name=module)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, root)
from challenge_neuralworks.store.folder import load_model
model = load_model(name, folder)
json.dump(model.predict_many(model.check(instances).rows), sys.stdout)
"""


class NotServable(ArtifactError):
    """A sealed artifact cannot be loaded in a process of its own, or predicts otherwise there."""

    code = "not-servable"


def predict_fresh(name: str, folder: Path, instances: Sequence[dict[str, Any]]) -> list[list[float]]:
    """Return the predictions of instances by a new process that holds nothing heavy, shape (n_instances, n_classes).

    Raises
    ------
    NotServable : the process fails; carries what it wrote.
    """
    root = Path(challenge_neuralworks.__file__).resolve().parent.parent
    message = json.dumps([str(root), name, str(folder), HEAVY, list(instances)])
    # -I: no PYTHONPATH, no user packages, no current folder.
    command = [sys.executable, "-I", "-c", CHILD]
    done = subprocess.run(command, input=message, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode != 0:
        raise NotServable(f"{folder} does not load in a new process: {done.stderr.strip()[-2_000:]}")
    predictions: list[list[float]] = json.loads(done.stdout)
    return predictions
