"""One round of a Lambda handler, in the real runtime client: a cold start, then one invocation after the other."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from bench.cores import one_core
from bench.emulator import Emulator, function_environment
from bench.errors import ProcessFailed, WrongAnswer
from bench.layout import Candidate
from bench.memory import KIB_PER_MIB, peak_kib
from bench.spread import percentile
from stress_test.peers.environments import ROOT
from stress_test.peers.roster import HERE, THREADS, Function
from stress_test.peers.subject import PIPELINE, Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stress_test.peers.dialects import Exchange

PROBE = HERE / "probes" / "service.py"
PROBE_TIMEOUT_S = 120
EVENT = ROOT / "tests" / "events" / "rest_v1.json"


class Tools(NamedTuple):
    """What runs functions.

    emulator : Lambda's own.
    python : interpreter that holds the runtime client and nothing else.
    """

    emulator: Path
    python: Path


class Round(TypedDict):
    """What one start of a function gave.

    cold_ms : from the first invocation, which starts the process, to its right answer.
    right, right_per_s, p50_ms, p99_ms : of invocations one after the other, each with the emulator's own time.
    call_p50_ms, call_p99_ms : of calls of the handler within one process, without it.
    peak_rss_mib : the most that the function's process ever held.
    log_bytes, answer_bytes : of one request.
    """

    cold_ms: float
    right: int
    right_per_s: float
    p50_ms: float
    p99_ms: float
    call_p50_ms: float
    call_p99_ms: float
    peak_rss_mib: float
    log_bytes: int
    answer_bytes: int


def lay_out(function: Function, packages: Path, subject: Subject, task: Path) -> Candidate:
    """Make a peer's folder, code and pipeline beside what pip installed, and return the function."""
    shutil.rmtree(task, ignore_errors=True)
    # Hard links: the folder is as large as the packages, and made at each run.
    shutil.copytree(packages, task, copy_function=_link)
    shutil.copy(HERE / function.folder / "app.py", task)
    shutil.copy(subject.pipeline, task / PIPELINE)
    return Candidate(function.name, task, function.handler)


def measure(
    function: Function, candidate: Candidate, tools: Tools, exchanges: Sequence[Exchange], seconds: int
) -> Round:
    """Return what one round of a function gives.

    Raises
    ------
    WrongAnswer : an answer is not the known one.
    ProcessFailed : there is none.
    """
    events = [event_of(exchange.body) for exchange in exchanges]
    with Emulator(tools.emulator, tools.python, candidate) as emulator:
        took_s = [_invoke(function, emulator, events[0], exchanges[0])]
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            index = len(took_s) % len(events)
            took_s.append(_invoke(function, emulator, events[index], exchanges[index]))
        pid = emulator.function_pid()
        if pid is None:
            raise ProcessFailed(f"{function.name} ended under its requests")
        peak_mib = peak_kib(pid) / KIB_PER_MIB
    cold_s, *warm_s = took_s
    called = call_times(candidate, tools.python, [json.loads(event) for event in events])
    return {
        "cold_ms": cold_s * 1000,
        "right": len(took_s),
        "right_per_s": len(warm_s) / sum(warm_s),
        "p50_ms": percentile(warm_s, 0.5) * 1000,
        "p99_ms": percentile(warm_s, 0.99) * 1000,
        "call_p50_ms": called["p50_ms"],
        "call_p99_ms": called["p99_ms"],
        "peak_rss_mib": peak_mib,
        "log_bytes": called["log_bytes"],
        "answer_bytes": called["answer_bytes"],
    }


def event_of(body: str) -> bytes:
    """Return the event of a REST API with a body."""
    return json.dumps({**json.loads(EVENT.read_text(encoding="utf-8")), "body": body}).encode()


def call_times(candidate: Candidate, python: Path, events: Sequence[Any], seconds: float = 1.0) -> dict[str, Any]:
    """Return what calls of a handler take in a process of its own, on one core.

    Raises
    ------
    ProcessFailed : the handler fails there.
    """
    environ = {**function_environment(candidate.task), **THREADS, "PYTHONPATH": str(candidate.task)}
    task = json.dumps({"events": events, "seconds": seconds})
    command = [str(python), "-P", str(PROBE), candidate.handler]
    with one_core():
        done = subprocess.run(
            command,
            cwd=candidate.task,
            env=environ,
            input=task,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT_S,
            check=False,
        )
    if done.returncode:
        raise ProcessFailed(f"{candidate.name} fails in a process of its own: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _invoke(function: Function, emulator: Emulator, event: bytes, exchange: Exchange) -> float:
    started = time.perf_counter()
    answer = emulator.invoke(event)
    took_s = time.perf_counter() - started
    document = json.loads(answer)
    right = isinstance(document, dict) and document.get("statusCode") == 200
    if not right or not function.dialect.is_right(document["body"], exchange.answer):
        raise WrongAnswer(function.name, answer)
    return took_s


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)
