"""A function that takes too long: API Gateway answers in its stead, and the function goes on."""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from challenge_neuralworks.gateway.deadlines import Deadlines
from tests.gateway.acting import COMMAND
from tests.gateway.echo import KEY, Answer, Running, free_port, read, serving, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADERS = {"x-api-key": KEY}
TIMED_OUT = b'{"message": "Endpoint request timed out"}'
TIMEOUT_S = 0.4


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the function notes what it ended."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def server(scratch: Path) -> Iterator[Running]:
    """A server with a short timeout, and no options besides: all requests run in the event loop."""
    variables = {"NEURALWORKS_MODELS_DIR": str(scratch), "NEURALWORKS_TIMEOUT_S": str(TIMEOUT_S)}
    with serving("", COMMAND, **variables) as running:
        yield running


def noted(scratch: Path, line: str) -> int:
    """Return how often the function has ended a request of a path."""
    return (scratch / "done").read_text(encoding="utf-8").splitlines().count(line)


@pytest.mark.parametrize("what", ["sleep", "spin"])
def test_answer_comes_at_the_deadline(server: Running, scratch: Path, what: str) -> None:
    """The caller gets AWS's 504 at the deadline, the function ends later, and the next request is served after that."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    began = time.monotonic()
    connection.request("GET", f"/{what}/1.01", headers=HEADERS)
    answer = read(connection.getresponse())
    answered_s = time.monotonic() - began
    assert (answer.status, answer.body) == (504, TIMED_OUT)
    assert answer.headers["x-amzn-errortype"] == ["InternalServerErrorException"]
    assert len(answer.headers["x-amzn-requestid"][0]) == 36
    assert TIMEOUT_S <= answered_s < 0.9
    connection.request("GET", "/now", headers=HEADERS)
    assert read(connection.getresponse()).status == 200
    assert time.monotonic() - began >= 1.0
    assert noted(scratch, f"/{what}/1.01") == 1
    connection.close()


def test_head_has_no_body_at_the_deadline(server: Running) -> None:
    """HEAD gets the 504 without its body, and the connection stays in step."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("HEAD", "/sleep/0.5", headers=HEADERS)
    answer = read(connection.getresponse())
    assert (answer.status, answer.body, answer.headers["content-length"]) == (504, b"", [str(len(TIMED_OUT))])
    connection.request("GET", "/now", headers=HEADERS)
    assert read(connection.getresponse()).status == 200
    connection.close()


def test_function_knows_its_time(server: Running) -> None:
    """The context counts down from the same timeout."""
    remaining_ms = server.ask("GET", "/now", HEADERS).event["remaining_ms"]
    assert TIMEOUT_S * 1000 - 100 < remaining_ms <= TIMEOUT_S * 1000


def test_many_timeouts_leave_nothing_behind(tmp_path: Path) -> None:
    """Fifty requests that are too late: each is answered once, logged once, ended once, and costs no thread."""
    variables = {"NEURALWORKS_MODELS_DIR": str(tmp_path), "NEURALWORKS_TIMEOUT_S": "0.02"}
    with serving("", COMMAND, **variables, NEURALWORKS_ACCESS_LOG=str(tmp_path / "log")) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        answers: list[Answer] = []
        for path in ("/now", *["/sleep/0.06"] * 50, "/now"):
            connection.request("GET", path, headers=HEADERS)
            answers.append(read(connection.getresponse()))
        connection.close()
    statuses = [answer.status for answer in answers]
    # A busy machine may wake the thread so late that the function has ended first.
    assert statuses.count(504) >= 40
    assert (statuses[0], statuses[-1], set(statuses)) == (200, 200, {200, 504})
    first, last = answers[0].event, answers[-1].event
    assert (last["call"], last["threads"]) == (52, first["threads"])
    assert noted(tmp_path, "/sleep/0.06") == 50
    logged = [json.loads(line)["status"] for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert [int(status) for status in logged] == statuses


def test_function_that_exits_is_answered() -> None:
    """sys.exit in a function is a 502, as on AWS, and not the end of the server."""
    port = free_port()
    process = start(COMMAND, PORT=str(port), NEURALWORKS_API_KEYS=KEY, NEURALWORKS_MODELS_DIR=os.devnull)
    assert process.stdout is not None
    running = Running(port, process, process.stdout.readline())
    answers = [running.ask("GET", "/exit", HEADERS) for _ in range(2)]
    assert [(answer.status, answer.body) for answer in answers] == [(502, b'{"message": "Internal server error"}')] * 2
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.count("SystemExit: as asked")) == (0, 2)


def test_exactly_one_of_both_answers() -> None:
    """Whether a request ends before its deadline, after it or just then: one side answers, never both, never none."""
    late: list[int] = []
    deadlines: Deadlines[int] = Deadlines(0.02, late.append)
    deadlines.watch()
    in_time: list[int] = []

    def answer(number: int) -> None:
        deadlines.begin(str(number), number)
        time.sleep(0.01 + number % 5 / 200)
        if deadlines.end(str(number)):
            in_time.append(number)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(answer, range(400)))
    time.sleep(0.05)
    assert sorted(late + in_time) == list(range(400))
    assert late
    assert in_time


def test_deadline_is_kept_however_little_happens() -> None:
    """A request that begins while the thread sleeps is answered at its deadline, not a sleep later."""
    late = threading.Event()
    deadlines: Deadlines[int] = Deadlines(0.2, lambda _: late.set())
    deadlines.watch()
    time.sleep(0.15)
    began = time.monotonic()
    deadlines.begin("1", 1)
    assert late.wait(5)
    assert 0.2 <= time.monotonic() - began < 0.3
