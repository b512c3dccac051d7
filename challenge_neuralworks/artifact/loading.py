"""Reading an artifact: size and digest over the bytes, then a restricted unpickling, never the other way."""

from __future__ import annotations

import io
import os

from challenge_neuralworks.artifact.allow_list import any_global, estimator_global, scorer_global
from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.manifest import FILE_NAME, Manifest, parse, read_content
from challenge_neuralworks.errors import (
    ArtifactError,
    DigestMismatch,
    ForbiddenImport,
    PackageMismatch,
    PickleInvalid,
)
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.scorers import Scorer

try:
    # What `pickle` itself is built on, without its pure-Python half (1 ms of a cold start).
    from _pickle import Unpickler
except ImportError:
    from pickle import Unpickler

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Mapping
    from typing import Any

    from challenge_neuralworks.artifact.seals import Seal, Seals

    Resolve = Callable[[str, str], Any]


class Artifact(NamedTuple):
    """A verified pickle's scorer, with its manifest.

    seal : what was found of its signature; None where nobody looked.
    """

    manifest: Manifest
    scorer: Scorer
    seal: Seal | None = None


def load(folder: str, trusted_digests: Collection[str] = (), seals: Seals | None = None) -> Artifact:
    """Return the artifact in a folder, each check before the step that needs it.

    Parameters
    ----------
    folder : path of the model's folder; it holds the manifest and the pickle.
    trusted_digests : SHA-256 digests of pickles that may hold code (functions that dill wrote by value).
    seals : what looks at the signature, before anything of the artifact is believed; None where nobody does.

    Raises
    ------
    SealMissing, SealInvalid, ManifestInvalid, DigestMismatch, ForbiddenImport, PackageMismatch, PickleInvalid : what
        each says.
    """
    text = read_content(folder)
    seal = None if seals is None else seals.check(folder, text)
    manifest = parse(text, os.path.join(folder, FILE_NAME))
    content = read_sealed(os.path.join(folder, manifest.pickle.file), manifest)
    if seal is not None:
        seal.confirm(folder, manifest.pickle.file, manifest.pickle.sha256)
    if manifest.pickle.holds == "scorer":
        return Artifact(manifest, _expect_scorer(unpickle(content, manifest.pickle.imports, scorer_global)), seal)
    check_packages(manifest.trained.get("packages", {}))
    resolve = any_global if manifest.pickle.sha256 in trusted_digests else estimator_global
    from challenge_neuralworks.scorers.estimator import EstimatorScorer  # Only the fallback needs it.

    numbers = [field.name for field in manifest.signature.fields if field.kind != "category"]
    return Artifact(manifest, EstimatorScorer(unpickle(content, manifest.pickle.imports, resolve), numbers), seal)


def read_sealed(path: str, manifest: Manifest) -> bytes:
    """Return a pickle's bytes once their size and digest are those of the manifest.

    Raises
    ------
    PickleInvalid : the file cannot be read.
    DigestMismatch : its bytes are others; names both digests.
    """
    sealed = manifest.pickle
    try:
        with open(path, "rb") as file:
            # One byte more than promised shows a longer file without reading all of it.
            content = file.read(sealed.bytes + 1)
    except OSError as error:
        raise PickleInvalid(f"{path}: cannot be read: {error}") from error
    found = digest(content)
    if found != sealed.sha256:
        raise DigestMismatch(path, sealed.sha256, found)
    return content


def unpickle(content: bytes, imports: Container[str], resolve: Resolve) -> Any:
    """Return the object that a pickle holds.

    Parameters
    ----------
    imports : the manifest's allow-list, ``module:name``; the pickle may name nothing else.
    resolve : returns a named global, or refuses it: the server's own, narrower list.

    Raises
    ------
    ForbiddenImport : the pickle names another global; nothing has been executed.
    PickleInvalid : the bytes are no pickle of a scorer.
    """
    try:
        return _Restricted(content, imports, resolve).load()
    except ArtifactError:
        raise
    # Malformed pickles raise nearly anything; whatever it is, the artifact is what is broken.
    except Exception as error:
        raise PickleInvalid(f"the pickle cannot be read: {type(error).__name__}: {error}") from error


class _Restricted(Unpickler):
    def __init__(self, content: bytes, imports: Container[str], resolve: Resolve) -> None:
        super().__init__(io.BytesIO(content))
        self._imports = imports
        self._resolve = resolve

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}:{name}" not in self._imports:
            raise ForbiddenImport(module, name, "the manifest's allow-list does not hold it")
        return self._resolve(module, name)


def _expect_scorer(found: Any) -> Scorer:
    if not isinstance(found, Scorer):
        raise PickleInvalid(f"the pickle holds a {type(found).__name__}, not a scorer")
    return found


def check_packages(fitted: Mapping[str, str]) -> None:
    """Raise unless each package an estimator was fitted with is installed in that very version.

    Raises
    ------
    PackageMismatch : names the package and both versions.
    """
    from importlib.metadata import PackageNotFoundError, version  # Only the fallback needs it; 10 ms.

    for package, wanted in fitted.items():
        try:
            installed: str | None = version(package)
        except PackageNotFoundError:
            installed = None
        if installed != wanted:
            raise PackageMismatch(package, wanted, installed)
