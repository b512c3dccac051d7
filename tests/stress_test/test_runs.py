"""Real runs of Locust on real gateways, short ones."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stress_test.target import gateway
from tests.stress_test.running import LOOSE, MODELS, command, environment, planted, run, toy

SHORT = ("--time", "2", "--users", "10", "--rows", "500", "--reports", "reports", *LOOSE)


def summary(folder: Path) -> dict[str, Any]:
    """Return what a run left, by name."""
    content = json.loads((folder / "reports" / "summary.json").read_text(encoding="utf-8"))
    return {one["name"]: one for one in content["outcomes"]}


def listening(port: str) -> bool:
    """Return whether somebody listens on a port of this machine."""
    found = Path("/proc/net/tcp").read_text(encoding="utf-8")
    return re.search(rf" 0100007F:{int(port):04X} \w+:\w+ 0A ", found) is not None


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give a long run on a gateway of its own that has begun, and the gateway's port."""
    models = toy(tmp_path / "models")
    arguments = (*SHORT, "--time", "60", "--models-dir", models)
    with subprocess.Popen(
        command("stress_test", *arguments),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout
            # The first line is written once the gateway answers.
            port = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert port
            time.sleep(2)
            yield process, port[1]
        finally:
            process.terminate()


def gateways(port: str) -> list[int]:
    """Return the processes of the gateway on a port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and port.encode() in words:
            found.append(int(folder.name))
    return found


def test_a_run_on_the_committed_models(tmp_path: Path) -> None:
    """20 users, 3 seconds, both models, every kind of user: each answer is right, and the reports hold all of it."""
    done = run("stress_test", *SHORT, "--time", "3", "--users", "20", "--models-dir", MODELS, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = summary(tmp_path)
    assert found["all"]["right"] == found["all"]["sent"] > 100
    for name in ("single delay", "batch income", "explain delay", "protocol income"):
        assert found[name]["right"] > 0, done.stdout
    report = (tmp_path / "reports" / "report.html").read_text(encoding="utf-8")
    for user in ("SingleUser", "BatchUser", "ExplainUser", "ProtocolUser", "AbusiveUser"):
        assert user in report
    with (tmp_path / "reports" / "locust_stats.csv").open(encoding="utf-8") as file:
        assert {row["Name"]: row for row in csv.DictReader(file)}["Aggregated"]["Failure Count"] == "0"


def test_a_planted_mistake_is_found(tmp_path: Path) -> None:
    """One coefficient off by a millionth, under the right version: the run fails and shows request and answer."""
    with gateway(str(planted(tmp_path / "served"))) as wrong:
        arguments = (*SHORT, "--models-dir", toy(tmp_path / "models"), "--max-error-rate", "1")
        done = run("stress_test", *arguments, "--host", wrong.url, folder=tmp_path, STRESS_KEY=wrong.key)
    assert done.returncode == 1, done.stdout + done.stderr
    found = summary(tmp_path)["all"]
    assert found["wrong"] > 0
    assert found["failed"] == 0
    assert found["right"] > found["wrong"]
    assert re.search(r"single toy: prediction\[0\] is 0\.\d+, not 0\.\d+", done.stderr)
    assert re.search(r'POST /inference/toy\S* \{"colour":.*"age":7', done.stderr)
    assert f"FAILED: {found['wrong']:,} wrong answers" in done.stdout


def test_limits_set_the_exit_status(tmp_path: Path) -> None:
    """All answers right, but fewer than asked for: 1. Two processes are counted together, and the number is bounded."""
    arguments = ("--models-dir", toy(tmp_path / "models"), "--processes", "2", "--requests", "300")
    done = run("stress_test", *SHORT, *arguments, "--min-right-per-s", "1e9", folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "right answers a second, under 1,000,000,000.0" in done.stdout
    found = summary(tmp_path)["all"]
    assert found["right"] == found["sent"] >= 300


@pytest.mark.skipif(sys.platform != "linux", reason="finds the gateway in /proc, which only Linux has")
def test_a_killed_gateway_fails_the_run(begun: tuple[subprocess.Popen[str], str]) -> None:
    """It ends at once and says what happened; nothing is left behind."""
    process, port = begun
    for pid in gateways(port):
        os.kill(pid, signal.SIGKILL)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "the local gateway ended during the run, with status -9" in said
    assert gateways(port) == []


@pytest.mark.skipif(sys.platform != "linux", reason="finds the gateway in /proc, which only Linux has")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(begun: tuple[subprocess.Popen[str], str], number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end Locust first and then the gateway."""
    process, port = begun
    assert listening(port)
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + number, said
    assert not listening(port)
    assert gateways(port) == []


def test_a_gateway_that_hangs_up_fails_the_run(tmp_path: Path) -> None:
    """A gateway of somebody else that is killed: its requests get no answer, and that is told."""
    with gateway(str(toy(tmp_path / "models"))) as other:
        arguments = (*SHORT, "--models-dir", tmp_path / "models", "--time", "3")
        with subprocess.Popen(
            command("stress_test", *arguments, "--host", other.url),
            cwd=tmp_path,
            env=environment(STRESS_KEY=other.key),
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(3)
            assert other.process
            other.process.kill()
            said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "got no right answer" in said


@pytest.mark.parametrize(
    ("host", "key", "told"),
    [
        ("http://192.0.2.1", "k", "Load on somebody's account costs money"),
        ("http://127.0.0.1:9", "k", "does not answer"),
        ("http://127.0.0.1:9", "", "needs its API key"),
    ],
)
def test_what_cannot_be_loaded_is_refused(host: str, key: str, told: str, tmp_path: Path) -> None:
    """In one line, with status 2, before anything is sent."""
    models = toy(tmp_path / "models")
    done = run("stress_test", "--models-dir", models, "--host", host, folder=tmp_path, STRESS_KEY=key)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
