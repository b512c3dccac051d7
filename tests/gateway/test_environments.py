"""Execution environments: how many there are, which one answers, what they cost."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest

from challenge_neuralworks.deploy.capacity.carrying import BURST_S
from challenge_neuralworks.gateway import Options
from challenge_neuralworks.gateway.core import Admitted, Gateway
from challenge_neuralworks.gateway.environments import Environments
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY, CONCURRENCY
from tests.gateway.acting import COMMAND
from tests.gateway.echo import KEY, Answer, Running, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from challenge_neuralworks.gateway.core import Handler
    from challenge_neuralworks.gateway.environments import Outcome

HEADERS = {"x-api-key": KEY}
COLD_START_S = 0.2


def timed(running: Running, path: str) -> tuple[Answer, float]:
    """Return an answer, and after how many seconds it came."""
    began = time.monotonic()
    return running.ask("GET", path, HEADERS), time.monotonic() - began


def at_once(running: Running, path: str, times: int) -> list[tuple[Answer, float]]:
    """Send a request several times at once."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: timed(running, path), range(times)))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A server with three environments at most and a slow cold start."""
    variables = {"NEURALWORKS_CONCURRENCY": "3", "NEURALWORKS_COLD_START_MS": "200", "NEURALWORKS_TIMEOUT_S": "1.5"}
    with serving("", COMMAND, NEURALWORKS_MODELS_DIR=str(tmp_path), **variables) as running:
        yield running


def test_cap_is_exact_and_environments_are_kept(server: Running) -> None:
    """Of ten requests at once three are answered, after one cold start each; seven are refused at once.

    Three more are then answered by the same three environments, warm; one after the other, always by the same one.
    """
    answers = at_once(server, "/sleep/0.5", 10)
    good = [(answer.event, took_s) for answer, took_s in answers if answer.status == 200]
    refused = [(answer, took_s) for answer, took_s in answers if answer.status != 200]
    assert (len(good), len(refused)) == (3, 7)
    assert sorted(told["built"] for told, _ in good) == [1, 2, 3]
    assert len({told["environment"] for told, _ in good}) == 3
    assert all(took_s >= COLD_START_S + 0.5 for _, took_s in good)
    assert {(answer.status, answer.body) for answer, _ in refused} == {(500, b'{"message": "Internal server error"}')}
    assert max(took_s for _, took_s in refused) < COLD_START_S + 0.5
    again = at_once(server, "/sleep/0.3", 3)
    assert sorted((answer.event["built"], answer.event["call"]) for answer, _ in again) == [(1, 2), (2, 2), (3, 2)]
    in_turn = [timed(server, "/now")[0].event for _ in range(5)]
    assert len({told["environment"] for told in in_turn}) == 1
    assert [told["call"] for told in in_turn] == [3, 4, 5, 6, 7]


def test_environment_is_busy_until_its_function_ends(tmp_path: Path) -> None:
    """After a 504 the environment goes on; with no other, the next request is refused, and a later one answered."""
    variables = {"NEURALWORKS_CONCURRENCY": "1", "NEURALWORKS_TIMEOUT_S": "0.3"}
    with serving("", COMMAND, NEURALWORKS_MODELS_DIR=str(tmp_path), **variables) as running:
        answer, took_s = timed(running, "/sleep/1.5")
        assert (answer.status, answer.body) == (504, b'{"message": "Endpoint request timed out"}')
        assert 0.3 <= took_s < 1.0
        assert timed(running, "/now")[0].status == 500
        assert not (tmp_path / "done").exists()
        time.sleep(1.7 - took_s)
        told = timed(running, "/now")[0].event
        assert (told["built"], told["call"]) == (1, 2)
    assert (tmp_path / "done").read_text(encoding="utf-8") == "/sleep/1.5\n/now\n"


def test_timeouts_do_not_add_environments(tmp_path: Path) -> None:
    """200 requests at once that are all too late: 200 environments, and the next 200 use the same."""
    variables = {"NEURALWORKS_COLD_START_MS": "1", "NEURALWORKS_TIMEOUT_S": "0.5"}
    with serving("", COMMAND, NEURALWORKS_MODELS_DIR=str(tmp_path), **variables) as running:
        threads = []
        for _ in range(2):
            assert {answer.status for answer, _ in at_once(running, "/sleep/1.5", 200)} == {504}
            time.sleep(1.5)
            threads.append(timed(running, "/now")[0].event["threads"])
    assert len(set(threads)) == 1
    assert (tmp_path / "done").read_text(encoding="utf-8").count("/sleep/1.5") == 400


def test_running_request_is_finished(server: Running) -> None:
    """A request that is being answered when the signal comes gets its answer."""
    statuses: list[int] = []
    client = threading.Thread(target=lambda: statuses.append(timed(server, "/sleep/0.5")[0].status))
    client.start()
    time.sleep(0.4)
    status, _ = server.stop()
    client.join(timeout=10)
    assert (status, statuses) == (0, [200])


def good(_event: Any, _context: Any) -> dict[str, Any]:
    """Answer at once."""
    return {"statusCode": 200, "body": "ok"}


def admitted() -> Admitted:
    """Return a request that a function may answer."""
    request = Gateway(lambda _event, _context: {}, ("k",)).admit(HttpRequest("GET", "/ping", "", [], b"", "127.0.0.1"))
    assert isinstance(request, Admitted)
    return request


def outcome_of(environments: Environments) -> Outcome:
    """Return what comes of one request."""
    outcomes: list[Outcome] = []
    delivered = threading.Event()

    def deliver(outcome: Outcome) -> None:
        outcomes.append(outcome)
        delivered.set()

    assert environments.submit(admitted(), deliver) is None
    assert delivered.wait(10)
    return outcomes[0]


@pytest.mark.parametrize("fault", [SystemExit("as asked"), MemoryError("none left")])
def test_environment_that_could_not_start_is_replaced(fault: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """Its request is a 502, its place is free again, and the next request gets a new one."""
    faults = [fault]

    def build() -> Handler:
        if faults:
            raise faults.pop()
        return lambda _event, _context: {"statusCode": 200, "body": "ok"}

    environments = Environments(build, Options(concurrency=1))
    with caplog.at_level(logging.ERROR):
        assert outcome_of(environments) == BAD_GATEWAY
    assert [record.message[:18] for record in caplog.records] == ["environment 1 ende"]
    second = outcome_of(environments)
    assert isinstance(second, HttpResponse)
    assert second.body == b"ok"


def test_function_that_exits_takes_its_environment_with_it() -> None:
    """sys.exit ends an environment; an exception does not, and what it had remembered is still there."""
    built: list[int] = []

    def build() -> Handler:
        calls: list[int] = []
        built.append(1)

        def act(_event: Any, _context: Any) -> dict[str, Any]:
            calls.append(1)
            if len(calls) == 1:
                raise ValueError("the function's own fault")
            if len(calls) == 2:
                raise SystemExit(1)
            return {"statusCode": 200}

        return act

    environments = Environments(build, Options(concurrency=1))
    outcomes = [(outcome_of(environments), len(built)) for _ in range(3)]
    assert outcomes == [(BAD_GATEWAY, 1), (BAD_GATEWAY, 1), (BAD_GATEWAY, 2)]


def test_system_without_threads_refuses(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Where no thread can be had the request is refused, as with no environment; the next one is answered again."""
    faults = [RuntimeError("can't start new thread")]
    environments = Environments(lambda: good, Options(concurrency=1))
    start = threading.Thread.start

    def start_or_fail(thread: threading.Thread) -> None:
        if faults:
            raise faults.pop()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_or_fail)
    with caplog.at_level(logging.ERROR):
        assert outcome_of(environments) == CONCURRENCY
    assert [record.message for record in caplog.records] == ["environment 1 cannot start"]
    assert isinstance(outcome_of(environments), HttpResponse)


def deliver_nowhere(_outcome: Outcome) -> None:
    """Take an outcome that nobody waits for."""


def told(environments: Environments, times: int) -> list[bool]:
    """Return which of several requests, sent at once, are taken."""
    return [environments.submit(admitted(), deliver_nowhere) is None for _ in range(times)]


def test_an_environment_is_held_for_the_service_time() -> None:
    """A function that answers at once is busy for its time all the same: till then a second request is refused."""
    environments = Environments(lambda: good, Options(concurrency=1, service_ms=300.0))
    delivered = threading.Event()
    began = time.monotonic()
    assert environments.submit(admitted(), lambda _outcome: delivered.set()) is None
    assert told(environments, 5) == [False] * 5
    assert delivered.wait(10)
    assert time.monotonic() - began >= 0.3
    # Free before the answer: who has it may ask again.
    assert told(environments, 2) == [True, False]


def test_a_cold_start_comes_on_top_of_the_service_time() -> None:
    """The first answer takes both, the next one the service time alone."""
    environments = Environments(lambda: good, Options(concurrency=1, cold_start_ms=400, service_ms=100.0))
    times = []
    for _ in range(2):
        began = time.monotonic()
        assert isinstance(outcome_of(environments), HttpResponse)
        times.append(time.monotonic() - began)
    assert times[0] >= 0.5
    assert 0.1 <= times[1] < times[0]


def test_holding_an_environment_does_not_hold_the_gateway(tmp_path: Path) -> None:
    """Five requests of half a second, sent at once, are answered side by side; meanwhile a sixth is refused."""
    variables = {"NEURALWORKS_CONCURRENCY": "5", "NEURALWORKS_SERVICE_MS": "500"}
    with serving("", COMMAND, NEURALWORKS_MODELS_DIR=str(tmp_path), **variables) as running:
        answers = at_once(running, "/now", 6)
    assert sorted(answer.status for answer, _ in answers) == [200] * 5 + [500]
    # One after the other they would take five times as long, and the refused one would have waited.
    assert min(took_s for answer, took_s in answers if answer.status == 200) >= 0.5
    assert min(answers, key=lambda answer: answer[1])[0].status == 500


def test_so_many_requests_a_second_and_no_more() -> None:
    """A second's worth at once, as the capacity plan has it, whatever environments are free; then the rate alone."""
    burst = round(20 * BURST_S)
    environments = Environments(lambda: good, Options(concurrency=100, invocations_per_s=20))
    began = time.monotonic()
    taken = sum(told(environments, 50))
    assert burst <= taken <= burst + 20 * (time.monotonic() - began)
    # Who is refused takes nothing: a quarter of a second brings five more, not fewer.
    time.sleep(0.25)
    taken += sum(told(environments, 50))
    assert burst + 5 <= taken <= burst + 20 * (time.monotonic() - began)


def test_so_many_new_environments_and_no_more() -> None:
    """Ten at once, and one more a second; those that are there go on answering."""
    environments = Environments(lambda: good, Options(service_ms=200.0, new_per_10_s=10))
    began = time.monotonic()
    delivered: SimpleQueue[Outcome] = SimpleQueue()
    taken = sum(environments.submit(admitted(), delivered.put) is None for _ in range(30))
    assert 10 <= taken <= 10 + (time.monotonic() - began)
    for _ in range(taken):
        delivered.get(timeout=10)
    # All are free again, and none of these needs a new one.
    assert told(environments, 10) == [True] * 10
