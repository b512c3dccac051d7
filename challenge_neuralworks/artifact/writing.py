"""Sealing an artifact: the pickle under a name of its own first, then the manifest that points at it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

from challenge_neuralworks.artifact.allow_list import any_global, estimator_global, scorer_global
from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.loading import unpickle
from challenge_neuralworks.artifact.manifest import FILE_NAME, Golden, Manifest, Pickle, check
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.scorers import Scorer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    from challenge_neuralworks.signature import Signature

PICKLE_PROTOCOL = 5
"""Readable by every Python this package runs on."""


class Draft(NamedTuple):
    """What the caller knows of a version before it is sealed; the fields are those of `Manifest`."""

    name: str
    description: str
    signature: Signature
    classes: tuple[int | str, ...]
    threshold: float | None
    trained: dict[str, Any]
    metrics: dict[str, Any]
    golden: tuple[Golden, ...]


class _Everything:
    def __contains__(self, item: object) -> bool:
        return True


def write(folder: str, content: Any, draft: Draft, *, allow_code: bool = False) -> Manifest:
    """Seal a scorer (or, as the fallback, an sklearn estimator) into a folder and return its manifest.

    A reader that comes between the steps still finds the old manifest and the old pickle.

    Parameters
    ----------
    folder : the model's folder; made if need be.
    content : a `Scorer`, or any fitted classifier or regressor of a frame of features.
    allow_code : let the pickle hold functions by value; it is then served only where
        NEURALWORKS_TRUSTED_DIGESTS names its digest.

    Raises
    ------
    ForbiddenImport : the pickle would need a global that the server refuses to load.
    ManifestInvalid : the draft states something that a reader would refuse; nothing was written.
    """
    data = _dump(content)
    holds: Literal["scorer", "estimator"] = "scorer" if isinstance(content, Scorer) else "estimator"
    resolve = scorer_global if holds == "scorer" else any_global if allow_code else estimator_global
    sha256 = digest(data)
    version = _version(sha256, draft)
    pickle = Pickle(f"{draft.name}-{version}.pkl", sha256, len(data), holds, imports_of(data, resolve))
    manifest = Manifest(version=version, created=_now(), pickle=pickle, **draft._asdict())
    check(manifest)
    os.makedirs(folder, exist_ok=True)
    _replace(os.path.join(folder, pickle.file), data)
    text = json.dumps(manifest.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    _replace(os.path.join(folder, FILE_NAME), text.encode() + b"\n")
    _remove_others(folder, pickle.file)
    return manifest


def imports_of(data: bytes, resolve: Callable[[str, str], Any]) -> tuple[str, ...]:
    """Return every global that a pickle asks for, as sorted ``module:name``; each must pass ``resolve``."""
    asked: set[str] = set()

    def record(module: str, name: str) -> Any:
        asked.add(f"{module}:{name}")
        return resolve(module, name)

    unpickle(data, _Everything(), record)
    return tuple(sorted(asked))


def _dump(content: Any) -> bytes:
    import dill  # Writing is rare and 39 ms of import is nothing beside a fit; reading never needs it.

    return bytes(dill.dumps(content, protocol=PICKLE_PROTOCOL))


def _version(sha256: str, draft: Draft) -> str:
    sealed = [sha256, draft.signature.to_json(), draft.classes, draft.threshold]
    return digest(json.dumps(sealed, sort_keys=True).encode())[:12]


def _now() -> str:
    # The reproducible-builds convention, so that a rebuild can give the same bytes.
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _replace(path: str, data: bytes) -> None:
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _remove_others(folder: str, kept: str) -> None:
    for name in os.listdir(folder):
        if name.endswith(".pkl") and name != kept:
            os.remove(os.path.join(folder, name))
