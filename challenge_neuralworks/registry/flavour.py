"""A sealed artifact as an MLflow model: the folder as it is, the code that reads it, a signature, an example.

Nothing is pickled anew: MLflow finds a loader by its name, as in its own flavours, and the loader reads the sealed
pickle with all its checks. The code goes along, so that a server needs MLflow and nothing of this project.
"""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import challenge_neuralworks
from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.artifact.manifest import FILE_NAME
from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.store.layout import EVALUATION, SEAL

if TYPE_CHECKING:
    from challenge_neuralworks.artifact import Manifest
    from challenge_neuralworks.signature import Field

FLAVOUR = "challenge_neuralworks"
LOADER = "challenge_neuralworks.registry.served"

ABOVE = frozenset({"cli", "client", "deploy", "gateway", "lifecycle", "monitoring", "serving", "testing", "training"})
"""Rooms that no artifact needs to be read and scored."""

ONLY = {"registry": ("__init__.py", "served.py"), "store": ("__init__.py", "folder.py")}
"""Rooms of which a few modules are enough."""

COLUMN_TYPES = {"category": "string", "integer": "long", "number": "double"}


def sealed_path(name: str) -> str:
    """Return where an MLflow model keeps the sealed folder of a model, relative to its root."""
    return f"data/{name}"


def save(folder: Path, path: Path, run_id: str | None = None, model_id: str | None = None) -> Manifest:
    """Write the sealed artifact of a folder as an MLflow model to a path that is not there yet.

    Parameters
    ----------
    run_id, model_id : of the run and the logged model that it becomes part of.
    """
    import mlflow.pyfunc
    from mlflow.models import Model

    manifest = read_manifest(str(folder))
    model = Model(run_id=run_id, model_id=model_id)
    sealed = {"model": manifest.name, "version": manifest.version, "sha256": manifest.pickle.sha256}
    model.add_flavor(FLAVOUR, data=sealed_path(manifest.name), **sealed)
    with TemporaryDirectory() as temporary:
        mlflow.pyfunc.save_model(
            str(path),
            mlflow_model=model,
            loader_module=LOADER,
            data_path=_copy_sealed(manifest, folder, Path(temporary)),
            code_paths=[_copy_code(manifest.name, Path(temporary) / "code")],
            signature=model_signature(manifest),
            input_example=_example(manifest),
            pip_requirements=_requirements(manifest),
        )
    return manifest


def model_signature(manifest: Manifest) -> Any:
    """Return an artifact's signature in MLflow's terms; its parameters are those of the API."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

    inputs: list[ColSpec | TensorSpec] = [
        ColSpec(_column_type(field), field.name, required=field.missing == "refuse")
        for field in manifest.signature.fields
    ]
    params = [ParamSpec("explain", "boolean", default=False)]
    if manifest.threshold is not None:
        params.append(ParamSpec("threshold", "double", default=manifest.threshold))
    return ModelSignature(Schema(inputs), Schema(_outputs(manifest)), ParamSchema(params))


def _column_type(field: Field) -> str:
    # A column of integers in pandas cannot hold a missing value; one of floats can.
    return "double" if field.kind == "integer" and field.missing == "accept" else COLUMN_TYPES[field.kind]


def _outputs(manifest: Manifest) -> list[Any]:
    from mlflow.types import ColSpec

    if not manifest.classes:
        return [ColSpec("double", "prediction"), ColSpec("string", "warnings")]
    label = "long" if all(isinstance(one, int) for one in manifest.classes) else "string"
    probabilities = [ColSpec("double", f"probability_{one}") for one in manifest.classes]
    return [*probabilities, ColSpec(label, "label"), ColSpec("string", "warnings")]


def _example(manifest: Manifest) -> Any:
    import pandas as pd

    # A number's example may be stated as an integer, which MLflow takes for another type.
    fields = manifest.signature.fields
    types = {field.name: float for field in fields if _column_type(field) == "double"}
    return pd.DataFrame([{field.name: field.example for field in fields}]).astype(types)


def _requirements(manifest: Manifest) -> list[str]:
    needed = {"mlflow": version("mlflow")}
    if manifest.pickle.holds == "estimator":
        needed |= manifest.trained.get("packages", {})
    return [f"{package}=={wanted}" for package, wanted in needed.items()]


def _copy_sealed(manifest: Manifest, folder: Path, temporary: Path) -> str:
    # Under the model's name, whatever the folder is called.
    copy = temporary / manifest.name
    copy.mkdir()
    optional = (name for name in (SEAL, EVALUATION) if (folder / name).exists())
    for name in (FILE_NAME, manifest.pickle.file, *optional):
        shutil.copyfile(folder / name, copy / name)
    return str(copy)


def _copy_code(name: str, target: Path) -> str:
    package = Path(challenge_neuralworks.__file__).parent

    only = {**ONLY, "models": ("__init__.py", f"{name}.py")}

    def left_out(folder: str, names: list[str]) -> set[str]:
        if Path(folder) == package:
            return {*ABOVE.intersection(names), "lambda_handler.py", "__pycache__"}
        kept = only.get(Path(folder).name, names) if Path(folder).parent == package else names
        return {"__pycache__", *set(names).difference(kept)}

    copy = target / package.name
    try:
        shutil.copytree(package, copy, ignore=left_out)
    except shutil.Error as error:
        raise NeuralworksError(f"{package}: cannot be copied into the model: {error}") from error
    return str(copy)
