"""Request time within a warm process, per kind of event, beside the least that a handler can do."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TypedDict

from bench.cores import one_core
from bench.emulator import function_environment
from bench.errors import ProcessFailed

if TYPE_CHECKING:
    from bench.events import Kind
    from bench.layout import Layout

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 600
PIPE_BYTES = 1 << 20
DRAIN_S = 0.001


class Times(TypedDict):
    """Percentiles of one handler's calls in one round."""

    p50_us: float
    p99_us: float


class Round(TypedDict):
    """One round of one kind of event."""

    kind: str
    order: list[str]
    ours: Times
    baseline: Times


def measure(layout: Layout, kinds: Sequence[Kind], rounds: int, seed: int) -> list[Round]:
    """Return the rounds of every kind of event, ours beside the baseline's.

    Raises
    ------
    ProcessFailed : the process that measures fails, or does not measure what ships.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        plan, result = Path(temporary, "plan.json"), Path(temporary, "result.json")
        plan.write_text(json.dumps({"seed": seed, "rounds": rounds, "kinds": [kind._asdict() for kind in kinds]}))
        with started(layout, "bench.probes.requests", plan, result) as probe:
            followed(probe)
        measured = json.loads(result.read_text(encoding="utf-8"))
    if not Path(measured["package"]).is_relative_to(layout.ours.task):
        raise ProcessFailed(f"measured {measured['package']} instead of what ships")
    found: list[Round] = measured["rounds"]
    return found


def started(layout: Layout, module: str, *arguments: Path) -> subprocess.Popen[bytes]:
    """Start a module beside what ships, on one core."""
    task = layout.ours.task
    # What ships comes first: this project's folder is there for the probe alone.
    path = os.pathsep.join((str(task), str(ROOT)))
    command = [str(layout.python), "-P", "-m", module, *map(str, arguments)]
    environment = {**function_environment(task), "PYTHONPATH": path}
    with one_core():
        return subprocess.Popen(command, cwd=task, env=environment, stdout=subprocess.PIPE)


def followed(probe: subprocess.Popen[bytes], timeout_s: float = TIMEOUT_S) -> None:
    """Read a probe's lines until it ends, or has to be ended.

    Raises
    ------
    ProcessFailed : it failed, or took longer.
    """
    # A handler that hangs must not hang the run.
    watchdog = Timer(timeout_s, probe.kill)
    watchdog.start()
    try:
        _drain(probe)
    except BaseException:
        probe.kill()
        raise
    finally:
        watchdog.cancel()
    if probe.wait():
        raise ProcessFailed("timing requests failed; its message is above")


def _drain(probe: subprocess.Popen[bytes]) -> None:
    # Another process reads the log lines, as on Lambda, and takes what has come every millisecond: a reader that
    # sleeps until the next line would have to be woken by each write, and that is the scheduler's time, not ours.
    if probe.stdout is None:
        return
    pipe = probe.stdout.fileno()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    while os.read(pipe, PIPE_BYTES):
        time.sleep(DRAIN_S)
