"""Peak memory of the function's process, after a thousand requests of every kind."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bench.answers import check_cold
from bench.emulator import Emulator
from bench.errors import ProcessFailed

if TYPE_CHECKING:
    from bench.layout import Candidate, Layout

REQUESTS = 1000
KIB_PER_MIB = 1024


class Round(TypedDict):
    """The peak of each function, in MiB."""

    ours: float
    empty: float


def measure(layout: Layout, binary: Path, events: Sequence[bytes], rounds: int, seed: int) -> Iterator[Round]:
    """Yield rounds of peak resident set sizes in MiB; ``events`` are sent in turn, the first of them first."""
    shuffle = random.Random(seed).shuffle  # noqa: S311 - an order, not a secret
    for _ in range(rounds):
        candidates = list(layout.candidates)
        shuffle(candidates)
        peaks = {candidate.name: _peak_mib(layout, binary, candidate, events) for candidate in candidates}
        yield {"ours": peaks["ours"], "empty": peaks["empty"]}


def _peak_mib(layout: Layout, binary: Path, candidate: Candidate, events: Sequence[bytes]) -> float:
    with Emulator(binary, layout.python, candidate) as emulator:
        check_cold(candidate.name, json.loads(emulator.invoke(events[0])))
        for index in range(1, REQUESTS):
            emulator.invoke(events[index % len(events)])
        pid = emulator.function_pid()
        if pid is None:
            raise ProcessFailed(f"{candidate.name}: the function ended under its requests")
        return peak_kib(pid) / KIB_PER_MIB


def peak_kib(pid: int) -> int:
    """Return the most memory that a running process ever held, in KiB.

    Source: VmHWM of proc_pid_status(5), the peak resident set size.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))
