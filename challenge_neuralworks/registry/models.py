"""MLflow's model registry: sealed versions as versions of a registered model, and the aliases that point at them."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.artifact import load
from challenge_neuralworks.artifact.manifest import FILE_NAME
from challenge_neuralworks.errors import DigestMismatch, ManifestInvalid, NeuralworksError
from challenge_neuralworks.registry.connecting import answering, connect, current, tracking_uri
from challenge_neuralworks.registry.flavour import sealed_path
from challenge_neuralworks.store.folder import is_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from challenge_neuralworks.artifact import Manifest
    from challenge_neuralworks.artifact.seals import Seals

VERSION, DIGEST = "version", "digest"
"""Tags of a registered version: the sealed version, and the SHA-256 of its pickle."""


class NotRegistered(NeuralworksError):
    """The registry has no such model, version or alias."""

    code = "not-registered"

    def __init__(self, name: str, reference: str, known: Iterable[str]) -> None:
        there_are = ", ".join(known) or "none at all"
        super().__init__(f"MLflow has no {reference[:100]!r} of model {name[:100]!r}; registered: {there_are}")
        self.name = name
        self.reference = reference


class Registered(NamedTuple):
    """A sealed version as MLflow knows it.

    number : MLflow's own count, as in ``models:/delay/3``.
    version, sha256 : of the sealed artifact.
    run_id : the run that tracked its training.
    aliases : what points at it, sorted.
    """

    name: str
    number: int
    version: str
    sha256: str
    run_id: str
    aliases: tuple[str, ...]

    def __str__(self) -> str:
        pointing = "".join(f" @{alias}" for alias in self.aliases)
        return f"{self.name}/{self.number} {self.version}{pointing}"


def open_registry(uri: str = "") -> Registry:
    """Return the registry of a tracking URI; without one, of the environment's or the file in the current folder.

    Raises
    ------
    MlflowMissing, RegistryUnavailable : what each says.
    """
    return Registry(connect(uri or tracking_uri(os.environ)))


class Registry:
    """The registered models of one MLflow.

    Parameters
    ----------
    client : of `connect`.

    Every method raises `RegistryUnavailable` where MLflow does not answer.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.uri: str = client.tracking_uri

    def names(self) -> tuple[str, ...]:
        """Return the name of every registered model, sorted."""
        with answering(self.uri):
            return tuple(sorted(model.name for model in self.client.search_registered_models()))

    def registered(self, name: str) -> tuple[Registered, ...]:
        """Return every version of a model that holds a sealed artifact, oldest first; none where it is unknown."""
        if not is_name(name):
            return ()
        with answering(self.uri):
            found = self.client.search_model_versions(f"name='{name}'")
            # A search leaves aliases out; only the model itself has them.
            aliases = self.client.get_registered_model(name).aliases if found else {}
        known = [_read(one, aliases) for one in found if VERSION in one.tags and DIGEST in one.tags]
        return tuple(sorted(known, key=lambda one: one.number))

    def alias(self, name: str, alias: str) -> Registered | None:
        """Return what an alias points at, or None where the model has none of that name."""
        return next((one for one in self.registered(name) if alias in one.aliases), None)

    def find(self, name: str, reference: str) -> Registered:
        """Return what an alias, a sealed version or MLflow's number stands for, in this order.

        Raises
        ------
        NotRegistered : there is none; lists those there are.
        """
        known = self.registered(name)
        tests = (lambda one: reference in one.aliases, lambda one: reference == one.version)
        for fits in (*tests, lambda one: reference == str(one.number)):
            found = next(filter(fits, known), None)
            if found is not None:
                return found
        raise NotRegistered(name, reference, map(str, known))

    def set_alias(self, name: str, alias: str, reference: str) -> Registered:
        """Point an alias at what a reference stands for, wherever it pointed before; return it as it now is.

        Raises
        ------
        NotRegistered : as `find`.
        """
        found = self.find(name, reference)
        with answering(self.uri):
            self.client.set_registered_model_alias(name, alias, str(found.number))
        return found._replace(aliases=tuple(sorted({*found.aliases, alias})))

    def register(self, manifest: Manifest, model_id: str, run_id: str) -> Registered:
        """Make a logged model a version of the registered model; a sealed version that is one already stays it."""
        for one in self.registered(manifest.name):
            if (one.version, one.sha256) == (manifest.version, manifest.pickle.sha256):
                return one
        tags = {VERSION: manifest.version, DIGEST: manifest.pickle.sha256}
        with answering(self.uri), current(self.uri):
            self._make_model(manifest)
            made = self.client.create_model_version(
                manifest.name, f"models:/{model_id}", run_id, tags=tags, model_id=model_id
            )
        return _read(made, {})

    def fetch(
        self,
        name: str,
        reference: str,
        into: str,
        trusted_digests: Collection[str] = (),
        seals: Seals | None = None,
    ) -> str:
        """Return the folder ``into/name/version``, downloaded and loaded with all its checks; what is there is kept.

        Nothing that MLflow keeps beside the sealed files is read: no code of it runs.

        Parameters
        ----------
        reference : as `find` takes it.
        trusted_digests, seals : as `artifact.load` takes them.

        Raises
        ------
        NotRegistered : as `find`.
        ArtifactError : what was downloaded is not what was sealed; nothing is left of it.
        """
        found = self.find(name, reference)
        folder = Path(into) / name / found.version
        if not (folder / FILE_NAME).exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=folder.parent, prefix=".fetched-") as temporary:
                downloaded = self._download(found, temporary)
                _check(found, load(downloaded, trusted_digests, seals).manifest, downloaded)
                _rename(downloaded, folder)
        _check(found, load(str(folder), trusted_digests, seals).manifest, str(folder))
        return str(folder)

    def _make_model(self, manifest: Manifest) -> None:
        from mlflow.exceptions import MlflowException

        try:
            self.client.create_registered_model(manifest.name, description=manifest.description)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise

    def _download(self, found: Registered, into: str) -> str:
        with answering(self.uri):
            from mlflow.artifacts import download_artifacts

            root = self.client.get_model_version_download_uri(found.name, str(found.number))
            uri = f"{root.rstrip('/')}/{sealed_path(found.name)}"
            return download_artifacts(artifact_uri=uri, dst_path=into, tracking_uri=self.uri).rstrip("/")


def _read(found: Any, aliases: dict[str, Any]) -> Registered:
    number = int(found.version)
    pointing = sorted(alias for alias, pointed in aliases.items() if int(pointed) == number)
    tags = found.tags
    return Registered(found.name, number, tags[VERSION], tags[DIGEST], found.run_id, tuple(pointing))


def _rename(downloaded: str, folder: Path) -> None:
    try:
        Path(downloaded).rename(folder)
    except OSError:
        # Somebody else fetched it meanwhile, and theirs is checked like any that was there.
        if not folder.exists():
            raise


def _check(found: Registered, manifest: Manifest, folder: str) -> None:
    if (manifest.name, manifest.version) != (found.name, found.version):
        raise ManifestInvalid(folder, f"it is of {manifest.name} {manifest.version}, registered is {found}")
    # Whoever replaces a pickle in the artifact store can replace the manifest beside it, but not MLflow's tag.
    if manifest.pickle.sha256 != found.sha256:
        raise DigestMismatch(folder, found.sha256, manifest.pickle.sha256)
