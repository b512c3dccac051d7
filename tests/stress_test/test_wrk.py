"""wrk counts right answers, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from stress_test.target import gateway
from tests.stress_test.running import planted, run, toy

WRK = "stress_test.wrk"
LOOSE = ("--max-p99-ms", "20000", "--reports", "reports", "--model", "toy", "--rows", "500", "--connections", "8")
needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed: apt-get install wrk")


def outcome(folder: Path, name: str) -> dict[str, Any]:
    """Return the figures that a run left."""
    content = json.loads((folder / "reports" / f"{name}.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = content["outcomes"][0]
    return found


@needs_wrk
def test_exactly_so_many_right_answers(tmp_path: Path) -> None:
    """The run ends with the last of them, long before its time is over; a number that no thread can share evenly."""
    arguments = (*LOOSE, "--models-dir", toy(tmp_path / "models"), "--requests", "2003")
    done = run(WRK, *arguments, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = outcome(tmp_path, "wrk-requests")
    assert (found["right"], found["wrong"], found["failed"]) == (2003, 0, 0)
    assert 0 < found["elapsed_s"] < 60
    assert 0 < found["latencies_ms"]["p50"] <= found["latencies_ms"]["p99.9"]


@needs_wrk
def test_as_many_as_come_in_time(tmp_path: Path) -> None:
    """What comes later is not counted."""
    done = run(WRK, *LOOSE, "--models-dir", toy(tmp_path / "models"), "--seconds", "1", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    found = outcome(tmp_path, "wrk-seconds")
    assert found["right"] == found["sent"] > 100
    assert 0.5 < found["elapsed_s"] <= 1.0


@needs_wrk
def test_a_planted_mistake_is_found(tmp_path: Path) -> None:
    """One coefficient off by a millionth: the run fails and shows request and answer, which belong together."""
    with gateway(str(planted(tmp_path / "served"))) as wrong:
        arguments = (*LOOSE, "--models-dir", toy(tmp_path / "models"), "--host", wrong.url, "--requests", "2000")
        done = run(WRK, *arguments, folder=tmp_path, STRESS_KEY=wrong.key)
    assert done.returncode == 1, done.stdout + done.stderr
    found = outcome(tmp_path, "wrk-requests")
    # One age of ten: were answers compared with those of other requests, most would be wrong.
    assert 0 < found["wrong"] < found["right"] / 3
    example = done.stdout.partition("wrong answer: ")[2]
    assert '"age":7' in example
    assert " got 200 " in example


@needs_wrk
def test_a_wrong_key_gets_no_right_answer(tmp_path: Path) -> None:
    """Refusals are no right answers, however quick; they are told before a run."""
    with gateway(str(toy(tmp_path / "models"))) as there:
        arguments = (*LOOSE, "--models-dir", tmp_path / "models", "--host", there.url)
        done = run(WRK, *arguments, folder=tmp_path, STRESS_KEY="wrong")
    assert done.returncode == 2
    assert "403; is KEY= the right one?" in done.stderr


def test_without_wrk_its_package_is_named(tmp_path: Path) -> None:
    """In one line, with status 2."""
    done = run(WRK, *LOOSE, "--models-dir", toy(tmp_path / "models"), folder=tmp_path, PATH=str(tmp_path))
    assert done.returncode == 2
    assert (
        done.stderr == "error: wrk is not installed: apt-get install wrk (Debian, Ubuntu) or brew install wrk (macOS)\n"
    )
