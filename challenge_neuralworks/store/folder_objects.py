"""Objects in a folder: for one machine, or a file system that several share and that locks files."""

from __future__ import annotations

import os
from contextlib import contextmanager

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.errors import (
    ObjectExists,
    ObjectMissing,
    ObjectMoved,
    ObjectTooLarge,
    StoreUnavailable,
)
from challenge_neuralworks.store.objects import LARGEST_OBJECT, Found, Objects

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = ".lock"
UNFINISHED = ".unfinished"


class FolderObjects(Objects):
    """Objects as files below a folder; a writer that is killed leaves the old object, or the new one.

    Whoever writes holds a lock on one file, which the system takes back when the process ends, however it ends.
    """

    def __init__(self, path: str) -> None:
        self.place = path
        self._root = path

    def check(self) -> None:
        """Raise unless the folder is there: who reads only would take a wrong path for an empty store."""
        if not os.path.isdir(self._root):
            raise StoreUnavailable(self.place, "there is no such folder; the first publication makes it")

    def read(self, key: str, etag: str | None = None, limit: int = LARGEST_OBJECT) -> Found | None:
        """Return an object, or None where it still has that etag."""
        try:
            with open(self._path(key), "rb") as file:
                # One byte more shows a longer file without reading all of it.
                content = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ObjectMissing(key) from error
        except OSError as error:
            raise self._unavailable(error) from error
        if len(content) > limit:
            raise ObjectTooLarge(key, len(content), limit)
        found = digest(content)
        return None if found == etag else Found(content, found)

    def create(self, key: str, content: bytes) -> str:
        """Write a new object and return its etag."""
        with self._alone():
            if os.path.exists(self._path(key)):
                raise ObjectExists(key)
            return self._write(key, content)

    def replace(self, key: str, content: bytes, etag: str | None) -> str:
        """Write an object where the present one has that etag."""
        with self._alone():
            try:
                found = self.read(key)
            except ObjectMissing:
                found = None
            if etag != (found.etag if found else None):
                raise ObjectMoved(key)
            return self._write(key, content)

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return every key that begins so, sorted."""
        found: list[str] = []
        for folder, folders, files in os.walk(os.path.join(self._root, os.path.dirname(prefix))):
            folders[:] = [name for name in folders if not name.startswith(".")]
            base = os.path.relpath(folder, self._root).replace(os.sep, "/")
            found.extend(name if base == "." else f"{base}/{name}" for name in files if not name.startswith("."))
        return tuple(sorted(key for key in found if key.startswith(prefix)))

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        """Return what follows a prefix up to the next slash, sorted."""
        folder, _, start = prefix.rpartition("/")
        try:
            entries = [entry.name for entry in os.scandir(os.path.join(self._root, folder)) if entry.is_dir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._unavailable(error) from error
        hidden = "" if start else "."
        return tuple(
            sorted(
                name[len(start) :]
                for name in entries
                if name.startswith(start) and not (hidden and name.startswith(hidden))
            )
        )

    def _path(self, key: str) -> str:
        parts = key.split("/")
        # A key of a caller's making must not lead out of the folder, nor to what is not an object.
        if any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            raise ObjectMissing(key)
        return os.path.join(self._root, *parts)

    def _write(self, key: str, content: bytes) -> str:
        path = self._path(key)
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        # One name for all: only one process writes at a time, and what a killed one left is overwritten.
        unfinished = os.path.join(self._root, UNFINISHED)
        with open(unfinished, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
        return digest(content)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        import fcntl  # Readers need no lock.

        try:
            os.makedirs(self._root, exist_ok=True)
            with open(os.path.join(self._root, LOCK), "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: OSError) -> StoreUnavailable:
        return StoreUnavailable(self.place, f"{type(error).__name__}: {error.strerror or error}")
