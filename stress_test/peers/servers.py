"""One round of a server: start it, ask until it is right, load it, look at its memory, stop it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from bench.errors import ProcessFailed, WrongAnswer
from stress_test.peers.memory import held_by
from stress_test.peers.roster import HERE, KEY, THREADS, Place, Server
from stress_test.peers.subject import PIPELINE, Subject
from stress_test.target import Target
from stress_test.wrk.running import Exchanges, Run, drive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stress_test.peers.dialects import Exchange

HOST = "127.0.0.1"
PORTS = range(8300, 8400)
START_S = 120
STOP_S = 10
ASK_AGAIN_S = 0.005


class Load(NamedTuple):
    """How long a server is loaded, after so many seconds that do not count, and over how many connections."""

    seconds: int
    warm_up_s: int
    connections: int


class Round(TypedDict):
    """What one start of a server gave.

    start_ms : from the start of its process to its first right answer.
    sent, right, wrong, failed : requests under load, as `stress_test.verdict.Outcome` has them.
    pss_mib, peak_rss_mib, processes : after the load, see `stress_test.peers.memory`.
    """

    start_ms: float
    sent: int
    right: int
    wrong: int
    failed: int
    right_per_s: float
    p50_ms: float
    p99_ms: float
    pss_mib: float
    peak_rss_mib: float
    processes: int


def lay_out(server: Server, python: Path, subject: Subject, work: Path) -> Place:
    """Make a server's folder anew and return its place: its code and the pipeline.

    Raises
    ------
    bench.errors.BenchError : what it needs before its start cannot be made.
    """
    shutil.rmtree(work, ignore_errors=True)
    code = HERE / server.folder
    if code.is_dir():
        shutil.copytree(code, work, ignore=shutil.ignore_patterns("__pycache__", "requirements.txt"))
    else:
        work.mkdir(parents=True)
    shutil.copy(subject.pipeline, work / PIPELINE)
    place = Place(python, work, free_ports(), subject.models_dir)
    if server.prepare:
        server.prepare(place)
    return place


def measure(server: Server, place: Place, exchanges: Sequence[Exchange], load: Load) -> Round:
    """Return what one round of a server gives.

    Raises
    ------
    ProcessFailed : it does not start, or does not answer rightly.
    WrongAnswer : it answers something else under load.
    """
    place = place._replace(ports=free_ports())
    pairs = Exchanges(server.dialect.path, exchanges, server.dialect.mark)
    began = time.perf_counter()
    with running(server, place) as process:
        _wait(server, place.ports[0], exchanges[0], process)
        start_ms = (time.perf_counter() - began) * 1000
        loaded = Target(f"http://{HOST}:{place.ports[0]}", KEY, process)
        if load.warm_up_s:
            drive(pairs, loaded, Run(0, load.warm_up_s, load.connections))
        outcome, example = drive(pairs, loaded, Run(0, load.seconds, load.connections))
        held = held_by(process.pid)
    if outcome.wrong:
        raise WrongAnswer(server.name, example)
    return {
        "start_ms": start_ms,
        "sent": outcome.sent,
        "right": outcome.right,
        "wrong": outcome.wrong,
        "failed": outcome.failed,
        "right_per_s": outcome.right_per_s,
        "p50_ms": outcome.latencies_ms["p50"],
        "p99_ms": outcome.latencies_ms["p99"],
        "pss_mib": held.pss,
        "peak_rss_mib": held.peak_rss,
        "processes": held.processes,
    }


@contextmanager
def running(server: Server, place: Place) -> Iterator[subprocess.Popen[str]]:
    """Run a server while the block runs; then it and all that it started are ended.

    Its output goes to a file in its folder, which is shown where it fails.
    """
    with (place.work / "output.txt").open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            server.command(place),
            cwd=place.work,
            env=environment(server, place),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            # A group of its own: Ctrl-C ends this process, which ends the server.
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)


def environment(server: Server, place: Place) -> dict[str, str]:
    """Return what a server sees: nothing of this process's own."""
    path = os.pathsep.join((str(place.python.parent), os.defpath))
    base = {"PATH": path, "LANG": "en_US.UTF-8", "HOME": str(place.work), "TMPDIR": str(place.work)}
    own = {"PORT": str(place.ports[0]), "MODEL_FILE": str(place.work / PIPELINE)}
    return {**base, **THREADS, **own, **server.environ(place)}


def free_ports() -> tuple[int, int, int]:
    """Return three ports on which nobody listens.

    Raises
    ------
    ProcessFailed : there are no three among those that this benchmark uses.
    """
    found = [port for port in PORTS if _is_free(port)][:3]
    if len(found) < 3:
        raise ProcessFailed(f"no three ports from {PORTS.start} to {PORTS.stop - 1} are free")
    return found[0], found[1], found[2]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of the server before may linger there; they keep nobody from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _wait(server: Server, port: int, exchange: Exchange, process: subprocess.Popen[str]) -> None:
    deadline, said = time.monotonic() + START_S, "nothing"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            status, said = ask(port, server.dialect.path, exchange.body)
        except (OSError, HTTPException) as error:
            said = repr(error)
        else:
            if status == 200 and server.dialect.is_right(said, exchange.answer):
                return
        time.sleep(ASK_AGAIN_S)
    fate = "does not answer rightly" if process.poll() is None else f"ended with status {process.returncode}"
    raise ProcessFailed(f"{server.name} {fate}; last it said {said[:300]}; see output.txt in its folder")


def ask(port: int, path: str, body: str) -> tuple[int, str]:
    """Return status and text of the answer to a POST on this machine."""
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("POST", path, body.encode(), {"Content-Type": "application/json", "x-api-key": KEY})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_S)
    # Workers whose parent went without them.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
