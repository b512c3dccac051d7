"""Does a version answer as it must? Every model is ready, predicts what its manifest promises, and refuses nonsense."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.artifact.manifest import read_manifest
from challenge_neuralworks.deploy.release.refusing import Refused, SmokeFailed
from challenge_neuralworks.errors import InvalidInstances
from challenge_neuralworks.store import FolderStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.deploy.release.asking import Asking

TOLERANCE = 1e-9


def read_manifests(models_dir: str) -> tuple[Manifest, ...]:
    """Return the manifest of every model of a folder.

    Raises
    ------
    Refused : there is none.
    ManifestInvalid : one cannot be read.
    """
    names = FolderStore(models_dir).names()
    if not names:
        raise Refused(f"{models_dir} holds no models, so nothing says what the function must answer: give --models-dir")
    return tuple(read_manifest(os.path.join(models_dir, name)) for name in names)  # noqa: PTH118 - a string, as there


def smoke(asking: Asking, manifests: Sequence[Manifest]) -> str:
    """Return a line on what a version proved: it serves just these models, and answers as their manifests say.

    Raises
    ------
    SmokeFailed : says what it does instead.
    """
    served = asking.versions()
    expected = {manifest.name: manifest.version for manifest in manifests}
    if served != expected:
        raise SmokeFailed(asking.name, f"serves {_told(served)}, but models/ here holds {_told(expected)}")
    for manifest in manifests:
        _check_golden(asking, manifest)
        _check_refusal(asking, manifest)
    return f"{_told(served)}: {sum(len(manifest.golden) for manifest in manifests)} golden instances as promised"


def smoke_as_it_is(asking: Asking, manifests: Sequence[Manifest]) -> str:
    """Return a line on what an older version proved, whose models may not be those that are here.

    Golden instances are known of the models that are the same here; any other has to predict its own example.

    Raises
    ------
    SmokeFailed : says what it does instead.
    """
    served = asking.versions()
    here = {(manifest.name, manifest.version): manifest for manifest in manifests}
    told = []
    for name, version in served.items():
        manifest = here.get((name, version))
        if manifest is None:
            _check_example(asking, name, version)
            told.append(f"{name} {version} predicts its example")
            continue
        _check_golden(asking, manifest)
        told.append(f"{name} {version} predicts its golden instances")
    return ", ".join(told)


def _check_golden(asking: Asking, manifest: Manifest) -> None:
    answered = asking.predict(manifest.name, [golden.instance for golden in manifest.golden])
    if answered.version != manifest.version:
        raise SmokeFailed(asking.name, f"{manifest.name} answers as {answered.version}, not as {manifest.version}")
    for at, (golden, prediction) in enumerate(zip(manifest.golden, answered.predictions, strict=True)):
        promised = list(golden.prediction)
        if not _equal(promised, prediction):
            raise SmokeFailed(
                asking.name, f"golden instance {at} of {manifest.name}: {promised} is promised, {prediction} comes"
            )


def _check_refusal(asking: Asking, manifest: Manifest) -> None:
    # A list is a fault in a field of any kind.
    name = manifest.signature.names[0]
    told = asking.ask(manifest.name, [{**manifest.golden[0].instance, name: []}])
    if told.get("code") != InvalidInstances.code or not told.get("errors"):
        raise SmokeFailed(asking.name, f"{manifest.name} takes a list as {name}: {json.dumps(told)[:200]}")


def _check_example(asking: Asking, name: str, version: str) -> None:
    document = asking.get(f"/models/{name}")
    if document.get("version") != version:
        raise SmokeFailed(asking.name, f"{name} is {version} in /health, but {document.get('version')} in /models")
    try:
        example = document["signature"]["examples"][0]
    except (KeyError, TypeError, IndexError) as error:
        raise SmokeFailed(asking.name, f"/models/{name} shows no example") from error
    asking.predict(name, [example])


def _equal(promised: list[float], prediction: list[Any]) -> bool:
    if len(promised) != len(prediction):
        return False
    # Not the other way round: a NaN is no number that is near enough.
    return all(
        isinstance(b, int | float) and abs(a - b) <= TOLERANCE * max(1.0, abs(a))
        for a, b in zip(promised, prediction, strict=True)
    )


def _told(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
