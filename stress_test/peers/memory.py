"""What a server and all that it started hold in memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench.emulator import children
from bench.memory import KIB_PER_MIB, peak_kib


class Held(NamedTuple):
    """Memory of a tree of processes, in MiB.

    pss : of each its own pages, and its share of those that it shares with others. Added up, nothing counts twice.
    peak_rss : the most that each ever held, added up: shared pages count in each.
    """

    pss: float
    peak_rss: float
    processes: int


def held_by(root: int) -> Held:
    """Return what a process and its descendants hold now.

    Source: Pss of proc_pid_smaps(5), VmHWM of proc_pid_status(5).
    """
    pss, peak, count = 0, 0, 0
    for pid in (root, *descendants(root)):
        # One may end meanwhile.
        with suppress(OSError, StopIteration):
            pss, peak, count = pss + _pss_kib(pid), peak + peak_kib(pid), count + 1
    return Held(pss / KIB_PER_MIB, peak / KIB_PER_MIB, count)


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, those that these started, and so on."""
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def _pss_kib(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
