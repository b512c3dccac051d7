"""Downloading a version into a folder that processes of one machine share: whole or not at all, and bounded."""

from __future__ import annotations

import os
from threading import get_ident
from time import time

from challenge_neuralworks.artifact.loading import read_sealed
from challenge_neuralworks.artifact.manifest import FILE_NAME, read_manifest
from challenge_neuralworks.errors import ArtifactError
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.errors import ObjectTooLarge, StoreUnavailable
from challenge_neuralworks.store.layout import SEAL, version_key
from challenge_neuralworks.store.objects import LARGEST_OBJECT

if TYPE_CHECKING:
    from collections.abc import Collection

    from challenge_neuralworks.store.versions import Versions

GRACE_S = 120.0
"""How long a version that nobody here serves is kept: another process may just be reading it."""


def fetch(versions: Versions, name: str, version: str, into: str) -> str:
    """Return the folder of a version below ``into``; see `Versions.fetch`."""
    folder = os.path.join(into, name, version)
    if _is_sound(folder, name, version):
        return folder
    contents = _download(versions, name, version)
    try:
        return _keep(contents, folder)
    except OSError as error:
        # The usual one: no space left. What nobody serves here gives way, then once more.
        prune(into, name, (version,), 0)
        try:
            return _keep(contents, folder)
        except OSError:
            raise StoreUnavailable(into, f"{type(error).__name__}: {error.strerror or error}") from error


def prune(into: str, name: str, kept: Collection[str], grace_s: float | None = None) -> None:
    """Remove a model's other versions from ``into``, and what killed processes left, once they are older than that.

    Parameters
    ----------
    grace_s : `GRACE_S` where None.
    """
    grace_s = GRACE_S if grace_s is None else grace_s
    try:
        entries = list(os.scandir(os.path.join(into, name)))
    except OSError:
        return
    for entry in entries:
        try:
            old = entry.stat().st_mtime < time() - grace_s
        except OSError:
            continue  # Another process was first.
        if old and entry.name not in kept:
            _remove(entry.path)


def _is_sound(folder: str, name: str, version: str) -> bool:
    if not os.path.isdir(folder):
        return False
    try:
        manifest = read_manifest(folder)
        read_sealed(os.path.join(folder, manifest.pickle.file), manifest)
        # Its time says when it was last of use.
        os.utime(folder)
    except (ArtifactError, OSError):
        sound = False
    else:
        sound = (manifest.name, manifest.version) == (name, version)
    if not sound:
        _remove(folder)
    return sound


def _download(versions: Versions, name: str, version: str) -> dict[str, bytes]:
    manifest, text = versions.described(name, version)
    file, size = manifest.pickle.file, manifest.pickle.bytes
    key = version_key(name, version, file)
    if size > LARGEST_OBJECT:
        raise ObjectTooLarge(key, size, LARGEST_OBJECT)
    # Never more than the manifest promises, whatever is there.
    found = versions.objects.read(key, limit=size)
    contents = {FILE_NAME: text, file: found.content if found else b""}
    seal = versions.file(name, version, SEAL)
    return contents if seal is None else {**contents, SEAL: seal}


def _keep(contents: dict[str, bytes], folder: str) -> str:
    parent, version = os.path.split(folder)
    temporary = os.path.join(parent, f".{version}.{os.getpid()}.{get_ident()}")
    try:
        os.makedirs(temporary, mode=0o700, exist_ok=True)
        for file, content in contents.items():
            with open(os.path.join(temporary, file), "wb") as opened:
                opened.write(content)
        manifest = read_manifest(temporary)
        read_sealed(os.path.join(temporary, manifest.pickle.file), manifest)
        _rename(temporary, folder)
    finally:
        _remove(temporary)
    return folder


def _rename(temporary: str, folder: str) -> None:
    try:
        os.rename(temporary, folder)
    except OSError:
        # Another process was first, with the same bytes.
        if not os.path.isdir(folder):
            raise


def _remove(folder: str) -> None:
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)
