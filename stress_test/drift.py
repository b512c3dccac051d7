"""What changes while a run lasts: latencies of its first and last tenth, and what the gateway holds."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from statistics import median
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BIN_S = 1
"""Latencies are kept apart by so many seconds."""

TENTH = 0.1
SLOWER = 1.5
"""Most that the 99th percentile of a soak's last tenth may be, of its first tenth's."""

GROWTH = 0.02
"""Most share by which the gateway's memory may grow during a soak, once it is warm."""

SHORTEST_S = 60.0
"""A shorter soak says nothing about either."""

KIB_PER_MIB = 1024


class Latencies:
    """Counts of latencies, by when they were: small enough to be sent between processes."""

    def __init__(self) -> None:
        self.bins: dict[int, Counter[float]] = {}

    def note(self, moment_s: float, latency_ms: float) -> None:
        """Count one answer, asked for at a moment since the epoch."""
        self.bins.setdefault(int(moment_s // BIN_S), Counter())[float(f"{latency_ms:.3g}")] += 1

    def take(self) -> dict[int, dict[float, int]]:
        """Return what was counted, and forget it."""
        taken, self.bins = {number: dict(counts) for number, counts in self.bins.items()}, {}
        return taken

    def merge(self, taken: Mapping[int, Mapping[float, int]]) -> None:
        """Add what another process has taken."""
        for number, counts in taken.items():
            self.bins.setdefault(int(number), Counter()).update({float(ms): count for ms, count in counts.items()})

    def p99_ms(self, from_s: float, to_s: float) -> float:
        """Return the 99th percentile between two moments; 0 where there was no answer."""
        chosen = (counts for number, counts in self.bins.items() if from_s <= number * BIN_S < to_s)
        counts = sum(chosen, Counter[float]())
        left = counts.total() * 0.99
        for latency_ms in sorted(counts):
            left -= counts[latency_ms]
            if left <= 0:
                return latency_ms
        return 0.0

    def tenths_ms(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Return the 99th percentiles of the first and the last tenth of a run."""
        tenth = (end_s - start_s) * TENTH
        return self.p99_ms(start_s, start_s + tenth), self.p99_ms(end_s - tenth, end_s)


class Held(NamedTuple):
    """What processes held at a moment."""

    moment_s: float
    memory_kib: int
    descriptors: int


class Watch:
    """Looks at a session of processes once a second.

    Parameters
    ----------
    session : id of the session, that of its first process.
    """

    def __init__(self, session: int) -> None:
        self._session = session
        self._held: list[Held] = []

    def look(self) -> None:
        """Note what the session holds, where a second is over and this is Linux."""
        now = monotonic()
        if sys.platform == "linux" and (not self._held or now - self._held[-1].moment_s >= 1):
            self._held.append(held(self._session, now))

    def growth(self) -> tuple[Held, Held] | None:
        """Return the medians of the second and of the last tenth; None where there are too few.

        The first tenth is warming up: models load, buffers reach their size.
        """
        tenth = len(self._held) // 10
        return (_median(self._held[tenth : 2 * tenth]), _median(self._held[-tenth:])) if tenth else None


def held(session: int, moment_s: float) -> Held:
    """Return what the processes of a session hold together now."""
    folders = [folder for folder in Path("/proc").glob("[0-9]*") if _session_of(folder) == session]
    memory = sum(_resident_kib(folder) for folder in folders)
    return Held(moment_s, memory, sum(_descriptors(folder) for folder in folders))


def grown(before: Held, after: Held) -> list[str]:
    """Return what grew more than a soak allows, a sentence each."""
    sentences = []
    if after.memory_kib > before.memory_kib * (1 + GROWTH):
        sentences.append(f"the gateway's memory grew by more than {GROWTH:.0%}")
    if after.descriptors > before.descriptors:
        sentences.append(f"the gateway's open files grew from {before.descriptors} to {after.descriptors}")
    return sentences


def told(before: Held, after: Held) -> str:
    """Return the growth in words."""
    share = after.memory_kib / before.memory_kib - 1 if before.memory_kib else 0.0
    mib = f"{before.memory_kib / KIB_PER_MIB:.1f} MiB, then {after.memory_kib / KIB_PER_MIB:.1f} ({share:+.1%})"
    return f"The gateway held {mib}; open files: {before.descriptors}, then {after.descriptors}."


def _median(moments: Iterable[Held]) -> Held:
    return Held(*(int(median(values)) for values in zip(*moments, strict=True)))


def _session_of(folder: Path) -> int:
    try:
        # The name, in parentheses, may hold anything.
        return int((folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[3])
    except (OSError, IndexError):
        return -1


def _resident_kib(folder: Path) -> int:
    try:
        lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def _descriptors(folder: Path) -> int:
    try:
        return sum(1 for _ in (folder / "fd").iterdir())
    except OSError:
        return 0
