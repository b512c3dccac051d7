"""Evidence out of log files: the JSON lines that a function or a local gateway wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.errors import ArtifactError, DataError
from challenge_neuralworks.lifecycle.evidence import Evidence, Pair, Source
from challenge_neuralworks.serving.shadow_outcome import MESSAGE
from challenge_neuralworks.store.news import KEPT
from challenge_neuralworks.store.versions import PRODUCTION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REQUEST = "request"

SERVER_ERROR = 500

UNFIT = frozenset({ArtifactError.code, *(kind.code for kind in ArtifactError.__subclasses__())})
"""Why a version is not taken up that is the version's own fault; a store that is away is not."""


class LogFiles(Source):
    """Files that may still be growing: each look reads on from where the last one ended.

    Parameters
    ----------
    paths : of the files; one that is not there yet is empty so far.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._pair: Pair | None = None
        self._read: dict[Path, int] = {}
        self._sum = Evidence()

    def look(self, pair: Pair) -> Evidence:
        """Return all there is of a pair so far."""
        if pair != self._pair:
            self._pair, self._read, self._sum = pair, {}, Evidence()
        for path in self._paths:
            for line in self._new_lines(path):
                found = _evidence_of(line, pair)
                if found is not None:
                    self._sum = self._sum.plus(found)
        return self._sum

    def _new_lines(self, path: Path) -> list[bytes]:
        try:
            with path.open("rb") as file:
                file.seek(self._read.get(path, 0))
                content = file.read()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise DataError(f"{path}: cannot be read: {error.strerror}") from error
        # The last line may be half written: it is read next time.
        whole, end, _ = content.rpartition(b"\n")
        self._read[path] = self._read.get(path, 0) + len(whole) + len(end)
        return whole.split(b"\n")


def _evidence_of(line: bytes, pair: Pair) -> Evidence | None:
    # What is no line of ours stands among them: tracebacks, the server's own words.
    if not line.startswith(b"{"):
        return None
    try:
        entry = json.loads(line)
        return _counted(entry, pair) if _is_of(entry, pair) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_of(entry: dict[str, Any], pair: Pair) -> bool:
    # Of a version that was not taken up the line names, as served, the one that was kept.
    version = entry["wanted"] if entry["message"] == KEPT else entry["version"]
    return bool(entry["model"] == pair.name and version == pair.served and entry["timestamp"] >= pair.since)


def _counted(entry: dict[str, Any], pair: Pair) -> Evidence | None:
    if entry["message"] == KEPT:
        ours = entry["alias"] == PRODUCTION and entry["error"] in UNFIT
        return Evidence(refusals=1) if ours else None
    if entry["message"] == REQUEST:
        return Evidence(requests=1, failed=int(entry["status"] >= SERVER_ERROR))
    if entry["message"] != MESSAGE or entry["candidate"] != pair.shadowing:
        return None
    return Evidence(
        rows=int(entry["rows"]),
        flips=int(entry["flips"]),
        difference=float(entry["difference"]),
        most=float(entry["max_difference"]),
        errors=sum(entry["errors"].values()),
    )
