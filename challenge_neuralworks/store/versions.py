"""Versions and aliases of models in a store: a version is written once, an alias moves by compare-and-swap.

What is kept where: `layout`. Nothing here knows of AWS.
"""

from __future__ import annotations

import os

from challenge_neuralworks.artifact.loading import read_sealed
from challenge_neuralworks.artifact.manifest import FILE_NAME, parse
from challenge_neuralworks.errors import ManifestInvalid, UnknownVersion
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.aliases import Move, Pointer, moved, read_pointer, words
from challenge_neuralworks.store.errors import (
    AliasMoved,
    ObjectExists,
    ObjectMissing,
    ObjectMoved,
    UnknownAlias,
    VersionExists,
)
from challenge_neuralworks.store.folder import is_name
from challenge_neuralworks.store.layout import (
    CANDIDATE,
    EVALUATION,
    PRODUCTION,
    SEAL,
    alias_key,
    is_version,
    version_key,
)
from challenge_neuralworks.store.objects import LARGEST_OBJECT

if TYPE_CHECKING:
    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.store.objects import Objects

__all__ = ["CANDIDATE", "EVALUATION", "PRODUCTION", "SEAL", "Move", "Pointer", "Versions"]

LARGEST_FILE = 16 * 2**20
"""Bytes of a manifest, a seal or an evaluation beyond which none is read."""


class Versions:
    """The models of a store.

    Parameters
    ----------
    objects : where they are kept; see `open_objects`.
    """

    def __init__(self, objects: Objects) -> None:
        self.objects = objects

    def publish(self, folder: str) -> str:
        """Put the artifact of a folder into the store and return its version.

        Its manifest is written last: a version exists once its manifest does. The same bytes again are a no-op, and
        finish what a killed publisher began.

        Raises
        ------
        ArtifactError : the folder holds no sound artifact; nothing was written.
        VersionExists : the version is there with other bytes, which stay.
        StoreUnavailable : as the place says; publish again.
        """
        path = os.path.join(folder, FILE_NAME)
        text = _read(path)
        if text is None:
            raise ManifestInvalid(path, "there is none: export the model first")
        manifest = parse(text, path)
        self._check(manifest, manifest.name, manifest.version, path)
        # What others need first: the manifest says that all the rest is there.
        files: dict[str, bytes | None] = {}
        files[manifest.pickle.file] = read_sealed(os.path.join(folder, manifest.pickle.file), manifest)
        files |= {file: _read(os.path.join(folder, file)) for file in (EVALUATION, SEAL)}
        for file, content in {**files, FILE_NAME: text}.items():
            if content is not None:
                self._publish_file(manifest, file, content)
        return manifest.version

    def names(self) -> tuple[str, ...]:
        """Return the name of every model that was published, or begun to be, sorted."""
        return tuple(name for name in self.objects.folders() if is_name(name))

    def versions(self, name: str) -> tuple[str, ...]:
        """Return every version of a model, sorted by its letters; `manifest` says when each was created."""
        keys = (key.split("/") for key in self.objects.keys(f"{name}/")) if is_name(name) else ()
        return tuple(parts[1] for parts in keys if len(parts) == 3 and parts[2] == FILE_NAME and is_version(parts[1]))

    def aliased(self, alias: str) -> tuple[str, ...]:
        """Return the name of every model that has an alias of that name, sorted."""
        keys = set(self.objects.keys(""))
        names = {key.partition("/")[0] for key in keys}
        return tuple(sorted(name for name in names if is_name(name) and alias_key(name, alias) in keys))

    def manifest(self, name: str, version: str) -> Manifest:
        """Return one version's manifest.

        Raises
        ------
        UnknownVersion : there is none; lists those there are.
        ManifestInvalid : it cannot be read, or is of another model or version.
        """
        return self.described(name, version)[0]

    def described(self, name: str, version: str) -> tuple[Manifest, bytes]:
        """Return one version's manifest and its very bytes; raises as `manifest`."""
        text = self.file(name, version, FILE_NAME)
        if text is None:
            known = ", ".join(self.versions(name)) or "none at all"
            raise UnknownVersion(name, version, known, "in the store")
        path = version_key(name, version, FILE_NAME)
        return self._check(parse(text, path), name, version, path), text

    def file(self, name: str, version: str, file: str, limit: int = LARGEST_FILE) -> bytes | None:
        """Return one file of a version, such as `SEAL` or `EVALUATION`, or None where there is none."""
        if not (is_name(name) and is_version(version)):
            return None
        try:
            found = self.objects.read(version_key(name, version, file), limit=limit)
        except ObjectMissing:
            return None
        return found.content if found else None

    def fetch(self, name: str, version: str, into: str) -> str:
        """Return the folder ``into/name/version``, downloaded and its digests verified; what is there is kept.

        Raises
        ------
        UnknownVersion, ManifestInvalid, DigestMismatch, ObjectTooLarge, StoreUnavailable : what each says.
        """
        from challenge_neuralworks.store.fetching import fetch  # Who publishes or moves needs none of it.

        return fetch(self, name, version, into)

    def alias(self, name: str, alias: str) -> Pointer | None:
        """Return where an alias points, or None where the model has none of that name; raises `AliasInvalid`."""
        try:
            return self.alias_since(name, alias, None)
        except UnknownAlias:
            return None

    def alias_since(self, name: str, alias: str, etag: str | None) -> Pointer | None:
        """Return where an alias points, or None where it still has that etag.

        Raises
        ------
        UnknownAlias : the model has none of that name.
        AliasInvalid : its document cannot be read.
        """
        try:
            found = self.objects.read(alias_key(name, alias), etag, LARGEST_FILE)
        except ObjectMissing as error:
            raise UnknownAlias(name, alias) from error
        return read_pointer(found, name, alias) if found else None

    def move(self, name: str, alias: str, version: str, expected: Pointer | None, by: str, reason: str) -> Pointer:
        """Point an alias at a version, if it still is where it was, and return where it is now.

        Parameters
        ----------
        expected : what `alias` returned when the move was planned; None to make a new alias.
        by, reason : for the audit line, which is part of the same write.

        Raises
        ------
        UnknownVersion : the store has no such version.
        AliasMoved : somebody else moved it; names where it was expected and where it is.
        """
        self.manifest(name, version)
        after, content = moved(name, alias, version, expected, by, reason)
        try:
            return after._replace(etag=self.objects.replace(alias_key(name, alias), content, after.etag or None))
        except ObjectMoved as error:
            found = self.alias(name, alias)
            # The answer to a write that was done may be lost, and its repetition then refused.
            if found is None or found.moves[-1:] != after.moves[-1:]:
                raise AliasMoved(name, alias, words(expected), words(found)) from error
            return found

    def _publish_file(self, manifest: Manifest, file: str, content: bytes) -> None:
        name, version = manifest.name, manifest.version
        key = version_key(name, version, file)
        try:
            self.objects.create(key, content)
        except ObjectExists as error:
            if self.file(name, version, file, LARGEST_OBJECT) != content:
                finished = self.file(name, version, FILE_NAME) is not None
                raise VersionExists(name, version, key, finished=finished) from error

    @staticmethod
    def _check(manifest: Manifest, name: str, version: str, path: str) -> Manifest:
        if (manifest.name, manifest.version) != (name, version):
            raise ManifestInvalid(path, f"it is of {manifest.name!r} {manifest.version!r}")
        if not (is_name(name) and is_version(version)):
            raise ManifestInvalid(path, f"model {name!r} or version {version!r} is no name that a store can use")
        return manifest


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
