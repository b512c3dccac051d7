"""The access log of a running server."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from challenge_neuralworks.gateway.access import ApiKey
from tests.gateway.echo import KEY, MAIN, SERVERS, free_port, serving, start

if TYPE_CHECKING:
    from pathlib import Path

HEADERS = {"x-api-key": KEY}


@pytest.mark.parametrize("server", SERVERS)
def test_no_line_is_lost(server: str, tmp_path: Path) -> None:
    """Whoever has an answer has a line, even if every process is killed the next moment."""
    path = tmp_path / "access.log"
    with serving(server, NEURALWORKS_ACCESS_LOG=str(path)) as running:
        answers = [running.ask("GET", f"/models/{step}", HEADERS) for step in range(50)]
        running.ask("GET", "/models")
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait(timeout=10)
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["requestId"] for line in lines[:50]] == [answer.headers["x-amzn-requestid"][0] for answer in answers]
    assert [line["responseLength"] for line in lines[:50]] == [len(answer.body) for answer in answers]
    assert {line["apiKeyId"] for line in lines[:50]} == {ApiKey.of(KEY).id}
    assert [(line["status"], line["errorMessage"]) for line in lines[50:]] == [(403, "Forbidden")]


@pytest.mark.parametrize("server", SERVERS)
def test_lines_on_standard_output(server: str) -> None:
    """With - they come where the banner comes, each as soon as its request is answered."""
    with serving(server, NEURALWORKS_ACCESS_LOG="-", NEURALWORKS_STAGE="dev") as running:
        assert running.process.stdout is not None
        for path in ("/dev/models", "/dev/health"):
            running.ask("GET", path, HEADERS)
            line = running.process.stdout.readline()
            while not line.startswith("{"):
                line = running.process.stdout.readline()
            assert (json.loads(line)["path"], json.loads(line)["status"]) == (path, 200)


def test_body_refused_unread_has_a_line(tmp_path: Path) -> None:
    """What granian hands over with its head alone is logged as well."""
    path = tmp_path / "access.log"
    with serving("granian", NEURALWORKS_ACCESS_LOG=str(path)) as running:
        head = f"POST /inference/a HTTP/1.1\r\nHost: a\r\nx-api-key: {KEY}\r\nContent-Length: 10485761\r\n\r\n"
        assert running.send(head.encode()).status == 413
        (line,) = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert (line["status"], line["errorMessage"], line["path"]) == (413, "Request Too Long", "/inference/a")


@pytest.mark.parametrize("server", SERVERS)
def test_log_that_cannot_be_written_ends_the_start(server: str, tmp_path: Path) -> None:
    """One line and status 1, before anybody listens."""
    log = str(tmp_path / "absent" / "log")
    process = start(["-c", MAIN, server], PORT=str(free_port()), NEURALWORKS_ACCESS_LOG=log)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert errors == (
        f"error: NEURALWORKS_ACCESS_LOG='{log}' cannot be used: expected a file that can be written, "
        "or - for standard output (No such file or directory)\n"
    )
