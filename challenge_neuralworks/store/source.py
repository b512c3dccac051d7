"""Where the model of a version is loaded from: the baked folder where it holds that very version, else the store."""

from __future__ import annotations

import os
from contextlib import suppress

from challenge_neuralworks.artifact.loading import read_sealed
from challenge_neuralworks.artifact.manifest import read_manifest
from challenge_neuralworks.errors import ArtifactError, ModelUnavailable
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.errors import StoreUnavailable
from challenge_neuralworks.store.frugal import check_frugal

if TYPE_CHECKING:
    from collections.abc import Collection

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store.folder import FolderStore
    from challenge_neuralworks.store.versions import Versions


class Source:
    """Models by name and version.

    Parameters
    ----------
    baked : the models that came with the code; by its rules are those of the store checked, too.
    cache : folder of downloads, which processes of one machine share; "" is a folder of this user's in the system's
        folder of temporary files.
    """

    def __init__(self, versions: Versions, baked: FolderStore, cache: str = "") -> None:
        self.versions = versions
        self.baked = baked
        self._cache = cache

    def load(self, name: str, version: str) -> Model:
        """Return a model that has passed every check.

        Raises
        ------
        NeuralworksError : whatever kept it from being served.
        """
        if self._baked_version(name) == version:
            with suppress(ModelUnavailable):
                return self.baked.get(name)
        if not self._cache:
            self._cache = private_folder(self.versions.objects.place)
        folder = self.versions.fetch(name, version, self._cache)
        manifest = read_manifest(folder)
        check_frugal(read_sealed(os.path.join(folder, manifest.pickle.file), manifest))
        return self.baked.load(name, folder)

    def _baked_version(self, name: str) -> str:
        try:
            return read_manifest(os.path.join(self.baked.models_dir, name)).version
        except ArtifactError:
            return ""

    def forget(self, name: str, kept: Collection[str]) -> None:
        """Remove a model's other versions from the cache."""
        from challenge_neuralworks.store.fetching import prune

        if self._cache:
            prune(self._cache, name, kept)


def private_folder(place: str) -> str:
    """Return this user's folder of what was downloaded from a place, where nobody else can have put anything.

    Raises
    ------
    StoreUnavailable : it cannot be made, or is somebody else's.
    """
    from tempfile import gettempdir

    from challenge_neuralworks.artifact.digest import digest

    base = os.path.join(gettempdir(), f"neuralworks-{os.getuid()}")
    folder = os.path.join(base, digest(place.encode())[:16])
    try:
        for path in (base, folder):
            os.makedirs(path, mode=0o700, exist_ok=True)
            found = os.lstat(path)
            if found.st_uid != os.getuid() or found.st_mode & 0o077 or os.path.islink(path):
                raise StoreUnavailable(path, "the folder of downloads is not this user's alone; remove it")
    except OSError as error:
        raise StoreUnavailable(folder, f"{type(error).__name__}: {error.strerror or error}") from error
    return folder
