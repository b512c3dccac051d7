"""A round of a real server, and that nothing is left of it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from bench.errors import ProcessFailed, WrongAnswer
from stress_test.peers import servers
from stress_test.peers.dialects import OURS, Exchange
from stress_test.peers.memory import descendants, held_by
from stress_test.peers.roster import SERVERS, Place, Server
from stress_test.peers.servers import Load, free_ports, lay_out, measure, running
from stress_test.peers.subject import Subject
from tests.making import ROOT

GATEWAY = SERVERS[0]._replace(environ=lambda place: {**SERVERS[0].environ(place), "PYTHONPATH": str(ROOT)})
PYTHON = Path(sys.executable)
SHORT = Load(seconds=1, warm_up_s=0, connections=4)
needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed: apt-get install wrk")


def has_ended(pid: int) -> bool:
    """Return whether a process is gone, or gone but for its parent's looking."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@needs_wrk
def test_a_round_of_the_gateway(subject: Subject, tmp_path: Path) -> None:
    """Started, found right, loaded, looked at and stopped: every answer was right, and its port is free again."""
    place = lay_out(GATEWAY, PYTHON, subject, tmp_path / "work")
    found = measure(GATEWAY, place, GATEWAY.dialect.exchanges(subject.model, subject.rows), SHORT)
    assert found["right"] == found["sent"] > 100
    assert found["right_per_s"] > 100
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert 10 < found["start_ms"] < 60_000
    assert 5 < found["pss_mib"] <= found["peak_rss_mib"]
    assert found["processes"] >= 2
    assert free_ports()[0] == place.ports[0]


@needs_wrk
def test_a_wrong_answer_under_load_is_no_figure(subject: Subject, tmp_path: Path) -> None:
    """The first is right, the others are compared too."""
    place = lay_out(GATEWAY, PYTHON, subject, tmp_path / "work")
    first, *others = GATEWAY.dialect.exchanges(subject.model, subject.rows[:40])
    planted = [first, *(one._replace(answer=first.answer.replace("0.", "0.1")) for one in others)]
    with pytest.raises(WrongAnswer, match="instead of"):
        measure(GATEWAY, place, planted, SHORT)


def test_a_server_that_ends_is_told_with_its_last_words(tmp_path: Path) -> None:
    """At once, not when the patience is over."""
    server = Server("broken", "broken", "nothing", OURS, lambda _: [sys.executable, "-c", "raise SystemExit(3)"])
    place = Place(PYTHON, tmp_path, free_ports(), tmp_path)
    with pytest.raises(ProcessFailed, match="broken ended with status 3"):
        measure(server, place, [Exchange("{}", "{}")], SHORT)


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"])
time.sleep(60)
"""


def test_nothing_is_left_of_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even of one that does not listen to SIGTERM, nor of what it started."""
    monkeypatch.setattr(servers, "STOP_S", 0.2)
    server = Server("stubborn", "stubborn", "nothing", OURS, lambda _: [sys.executable, "-c", STUBBORN])
    with running(server, Place(PYTHON, tmp_path, free_ports(), tmp_path)) as process:
        deadline = time.monotonic() + 10
        while not descendants(process.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        started = [process.pid, *descendants(process.pid)]
    assert len(started) == 2
    # A process that was killed is not gone at once.
    while not all(has_ended(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert all(has_ended(pid) for pid in started)


def test_memory_is_that_of_the_whole_tree() -> None:
    """Of this process and what it started; of a process that is gone there is none."""
    here = held_by(os.getpid())
    assert here.processes >= 1
    assert 10 < here.pss <= here.peak_rss
