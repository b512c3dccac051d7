"""Versions of the toy for a store, sound and broken, and a store that follows them."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.store.aliases import moved
from challenge_neuralworks.store.folder import FolderStore
from challenge_neuralworks.store.following import FollowingStore
from challenge_neuralworks.store.news import News
from challenge_neuralworks.store.source import Source
from challenge_neuralworks.store.versions import Versions
from tests.making import edit_manifest, seal

TTL_S = 0.1


def publish(versions: Versions, folder: Path, threshold: float, name: str = "toy") -> str:
    """Publish a version of its own for each threshold."""
    seal(folder, name, threshold=threshold)
    return versions.publish(str(folder / name))


def point(versions: Versions, version: str, name: str = "toy", alias: str = "production") -> None:
    """Move an alias, wherever it is."""
    versions.move(name, alias, version, versions.alias(name, alias), "tests", "a test")


def point_blindly(versions: Versions, version: str, name: str = "toy") -> None:
    """Move an alias to a version whose manifest may be anything, as somebody would who writes the document by hand."""
    before = versions.alias(name, "production")
    after, content = moved(name, "production", version, before, "tests", "by hand")
    versions.objects.replace(f"{name}/aliases/production.json", content, after.etag or None)


def resealed(folder: Path, content: bytes, **changes: Any) -> None:
    """Put another pickle under a manifest that promises these very bytes, as somebody would who can publish."""
    edit_manifest(folder, pickle__sha256=digest(content), pickle__bytes=len(content), **changes)
    (folder / json.loads((folder / "manifest.json").read_text())["pickle"]["file"]).write_bytes(content)


class Bomb:
    """Makes a file when it is unpickled by an ordinary unpickler."""

    def __init__(self, path: Path) -> None:
        self._command = f"touch {path}"

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self._command,)


def bomb(mark: Path) -> bytes:
    """Return a pickle that makes a file where it is read without care."""
    return pickle.dumps(Bomb(mark))


@contextmanager
def following(
    versions: Versions, folder: Path, *, ttl_s: float = TTL_S, candidate: str = ""
) -> Iterator[tuple[FollowingStore, list[News]]]:
    """Return a store that follows, with ``folder/baked`` and ``folder/cache``, and what it tells."""
    told: list[News] = []
    baked = FolderStore(str(folder / "baked"))
    source = Source(versions, baked, str(folder / "cache"))
    store = FollowingStore(source, "production", ttl_s, told.append, candidate)
    try:
        yield store, told
    finally:
        store.close()
