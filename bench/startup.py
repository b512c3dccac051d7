"""Import and load: what our handler adds to a process that already holds Lambda's runtime client."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

from bench.answers import check_cold
from bench.cores import one_core
from bench.emulator import function_environment
from bench.errors import ProcessFailed
from bench.layout import RUNTIME_CLIENT, Layout
from bench.spread import percentile

PROBE = Path(__file__).parent / "probes" / "startup.py"
TIMEOUT_S = 60
LISTED = 10
IMPORT_LINE = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)")
"""What ``-X importtime`` writes: own and cumulative microseconds, and the module."""


class Round(TypedDict):
    """One fresh process: the import, and the first request, which loads the model."""

    import_ms: float
    first_request_ms: float


class ImportCost(NamedTuple):
    """A module's own time, without what it imports in turn."""

    module: str
    own_ms: float


def measure(layout: Layout, event: Path, rounds: int) -> Iterator[Round]:
    """Yield the times of fresh processes; ``event`` is the file of a valid request."""
    for _ in range(rounds):
        result = json.loads(_run(layout, event).stdout.splitlines()[-1])
        check_cold(layout.ours.name, result["answer"])
        yield {"import_ms": result["import_ms"], "first_request_ms": result["first_request_ms"]}


def dearest_imports(layout: Layout, event: Path, rounds: int) -> list[ImportCost]:
    """Return the modules that cost most, dearest first: medians over processes, which tracing makes slower."""
    own_ms: dict[str, list[float]] = {}
    for _ in range(rounds):
        for module, cost in read_import_times(_run(layout, event, "-X", "importtime").stderr):
            own_ms.setdefault(module, []).append(cost)
    costs = [ImportCost(module, percentile(times, 0.5)) for module, times in own_ms.items()]
    return sorted(costs, key=lambda cost: -cost.own_ms)[:LISTED]


def read_import_times(trace: str) -> list[ImportCost]:
    """Return what a trace of ``-X importtime`` lists after the runtime client."""
    lines = [ImportCost(match[2], int(match[1]) / 1000) for match in IMPORT_LINE.finditer(trace)]
    client = next(i for i, line in enumerate(lines) if line.module == f"{RUNTIME_CLIENT}.bootstrap")
    return lines[client + 1 :]


def _run(layout: Layout, event: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    task = layout.ours.task
    command: Sequence[str] = [str(layout.python), "-P", *flags, str(PROBE), str(event)]
    environment = {**function_environment(task), "PYTHONPATH": str(task)}
    with one_core():
        done = subprocess.run(
            command, cwd=task, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    if done.returncode:
        raise ProcessFailed(f"the import of our handler failed: {done.stderr[-500:]}")
    return done
