"""Bringing a declared data file: from where it already is, or from the first public copy that has the right bytes."""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.training.declarations import Dataset

    Progress = Callable[[int], None]

CHUNK_BYTES = 1 << 16
TIMEOUT_S = 30
SCHEMES = ("http", "https")

NEIGHBOUR = Path("..") / "shared" / "data"
"""A folder beside the project that may hold the files already; nothing needs it."""


class Fetched(NamedTuple):
    """Where a verified file is, and where it came from: "" where it was already there."""

    path: Path
    source: str


class WrongBytes(DataError):
    """A file is not the declared one; carries both digests (``found`` is "" where the size alone told)."""

    code = "wrong-data-digest"

    def __init__(self, source: str, declared: str, found: str, detail: str) -> None:
        super().__init__(f"{source}: {detail}; SHA-256 {declared} is declared{f', {found} was found' if found else ''}")
        self.source = source
        self.declared = declared
        self.found = found


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    Raises
    ------
    DataError : it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error}") from error


def is_right(path: Path, dataset: Dataset) -> bool:
    """Return whether a path holds the declared file."""
    return path.is_file() and path.stat().st_size == dataset.bytes and sha256_of(path) == dataset.sha256


def find(dataset: Dataset, folder: Path) -> Path:
    """Return the declared file in a folder, or in the neighbouring one.

    Raises
    ------
    WrongBytes : a file of that name is there and is another one.
    DataError : there is none; says how to bring it.
    """
    for path in (folder / dataset.file, NEIGHBOUR / dataset.file):
        if path.is_file():
            if not is_right(path, dataset):
                raise WrongBytes(str(path), dataset.sha256, sha256_of(path), "it is not the declared file")
            return path
    raise DataError(
        f"{dataset.file} is not in {folder}; bring it with 'neuralworks data fetch {dataset.name}', or name a file with"
        " --data"
    )


def fetch(dataset: Dataset, folder: Path, source: str | None = None, progress: Progress = lambda _: None) -> Fetched:
    """Put the declared file into a folder, all of it or nothing.

    Parameters
    ----------
    source : a path or an http(s) URL to take it from; None for the neighbouring folder, then the declared URLs.
    progress : is told, piece by piece, how many bytes of the source have come.

    Raises
    ------
    WrongBytes : the one source, named by the caller, holds another file.
    DataError : no source could be read; says of each why.
    """
    target = folder / dataset.file
    if source is not None:
        return _copy(dataset, source, target, progress)
    if is_right(target, dataset):
        return Fetched(target, "")
    neighbour = NEIGHBOUR / dataset.file
    sources = [str(neighbour)] if neighbour.is_file() else []
    failures: list[str] = []
    for candidate in [*sources, *dataset.urls]:
        try:
            return _copy(dataset, candidate, target, progress)
        except DataError as error:
            failures.append(str(error))
    raise DataError(
        f"{dataset.file} could not be brought; take it from elsewhere with --from PATH or URL:\n  "
        + "\n  ".join(failures)
    )


def _copy(dataset: Dataset, source: str, target: Path, progress: Progress) -> Fetched:
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _open(source) as incoming, temporary.open("wb") as outgoing:
            _stream(dataset, source, incoming, outgoing, progress)
        temporary.replace(target)
    except (OSError, ValueError) as error:
        raise DataError(f"{source}: {getattr(error, 'reason', None) or error}") from error
    finally:
        # Also after Ctrl-C: half a file must never pass for a whole one.
        with suppress(FileNotFoundError):
            temporary.unlink()
    return Fetched(target, source)


def _open(source: str) -> IO[bytes]:
    scheme = urllib.parse.urlsplit(source).scheme
    if scheme not in SCHEMES:
        return Path(source).open("rb")
    # http(s) only, as checked above: urllib would also open file: and ftp:.
    return cast("IO[bytes]", urllib.request.urlopen(source, timeout=TIMEOUT_S))  # noqa: S310


def _stream(dataset: Dataset, source: str, incoming: IO[bytes], outgoing: IO[bytes], progress: Progress) -> None:
    hashed, size = hashlib.sha256(), 0
    while piece := incoming.read(CHUNK_BYTES):
        size += len(piece)
        if size > dataset.bytes:
            raise WrongBytes(source, dataset.sha256, "", f"it is longer than the declared {dataset.bytes:,} bytes")
        hashed.update(piece)
        outgoing.write(piece)
        progress(size)
    found = hashed.hexdigest()
    if found != dataset.sha256:
        raise WrongBytes(source, dataset.sha256, found, f"{size:,} of {dataset.bytes:,} bytes came, or others")
    outgoing.flush()
    os.fsync(outgoing.fileno())
