"""The stress test: right answers are counted, and nothing else."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from challenge_neuralworks.store import FolderStore
from stress_test.client import Outcome, run
from stress_test.report import passed, percentile, summary
from stress_test.traffic import Exchange, draw
from tests.making import ROOT, seal


def test_traffic_is_seeded_and_mixed(tmp_path: Path) -> None:
    """The same seed draws the same requests, good, faulty and keyless."""
    seal(tmp_path)
    model = FolderStore(str(tmp_path)).get("toy")
    drawn = draw(model, "k", 2_000, 1)
    assert drawn == draw(model, "k", 2_000, 1)
    assert {exchange.status for exchange in drawn} == {200, 400, 403}
    assert len({exchange.request for exchange in drawn}) > 1_900


@pytest.mark.parametrize(
    ("values", "share", "expected"), [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), ([5], 0.99, 5), ([], 0.5, 0)]
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    """The nearest-rank percentile, by hand."""
    assert percentile(values, share) == expected


def answering(status: int, body: bytes) -> Outcome:
    """Run two requests, whose right answer is 200 {"a": 1}, against a server that always answers the same."""
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1):
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
        writer.close()
        await writer.wait_closed()
        closed.set()

    async def scene() -> Outcome:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            outcome = await run(server.sockets[0].getsockname()[1], [Exchange(b"x", 200, {"a": 1})], 2, 1, 10)
            await closed.wait()
        return outcome

    return asyncio.run(scene())


def test_a_right_answer_counts() -> None:
    """Status and body both fit."""
    outcome = answering(200, b'{"a": 1}')
    assert (outcome.right, outcome.wrong, outcome.failed) == (2, 0, 0)
    assert passed(outcome, 2)


@pytest.mark.parametrize(("status", "body"), [(200, b'{"a": 2}'), (500, b'{"a": 1}')])
def test_a_wrong_answer_fails_the_run(status: int, body: bytes) -> None:
    """Another value under a 200, or the right one under another status, is wrong, and is shown."""
    outcome = answering(status, body)
    assert (outcome.right, outcome.wrong) == (0, 2)
    assert str(status) in summary(outcome)["first_wrong"]
    assert not passed(outcome, 2)


def test_a_run_against_the_gateway(tmp_path: Path) -> None:
    """The whole command on a small scale: the toy model, a real gateway, every answer right."""
    seal(tmp_path / "models")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "stress_test",
            "--requests",
            "300",
            "--model",
            "toy",
            "--models-dir",
            tmp_path / "models",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "reports" / "stress.json").read_text(encoding="utf-8"))["right"] == 300
