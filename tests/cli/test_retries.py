"""Calls are made again where that can help, no sooner than they may, and not for ever."""

from __future__ import annotations

import random
import re
import time
from email.utils import formatdate
from pathlib import Path

import pytest

from challenge_neuralworks.client.address import read_address
from challenge_neuralworks.client.calls import BASE_S, LONGEST_S, Caller, Reply, Trying, Unreachable, _wait_s
from tests.cli.files import write_csv
from tests.cli.live import Turn, answers_of, run, sample, scripted
from tests.gateway.echo import free_port

THROTTLED = Turn(429, (("Retry-After", "1"),), b'{"message":"Too Many Requests"}')
DOWN = Turn(503, (), b"{}")


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    """A throttled call comes again after the second it was told to wait, and is counted."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 3))
    with scripted(THROTTLED) as server:
        done = run("query", server.url, "delay", source)
        assert (done.exit_code, len(answers_of(done))) == (0, 3)
        assert done.stderr.endswith(", 1 call, 1 retry\n")
        first, second = server.posts
        assert second.body == first.body
        assert 1.0 <= second.at_s - first.at_s < 10.0


@pytest.mark.parametrize("status", [429, 502, 503, 504, 0])
def test_passing_failures_are_tried_again(status: int) -> None:
    """Throttled, bad gateway, unavailable, timed out, or hung up on: the second try is answered."""
    with scripted(Turn(status, (), b"")) as server:
        done = run("query", server.url, "delay")
        assert done.exit_code == 0
        assert done.stderr.endswith(", 1 call, 1 retry\n")
        assert len(server.posts) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 500, 301])
def test_lasting_failures_are_not(status: int) -> None:
    """The same call would only fail again."""
    with scripted(Turn(status, (), b'{"message": "no"}')) as server:
        done = run("query", server.url, "delay")
        assert (done.exit_code, done.stdout) == (1, "")
        assert str(status) in done.stderr or "too large" in done.stderr
        assert len(server.posts) == 1


def test_retries_end(tmp_path: Path) -> None:
    """As many further tries as were allowed, then one clear line."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 3))
    with scripted(*[DOWN] * 9) as server:
        done = run("query", server.url, "delay", source, "--retries", "2")
        assert (done.exit_code, done.stdout) == (1, "")
        assert re.fullmatch(
            rf"error: {server.url} does not answer after 3 tries in [\d.]+ s: status 503\n", done.stderr
        )
        assert len(server.posts) == 3


def test_a_server_that_is_down_is_one_line() -> None:
    """After the retries; no traceback, and a question that helps."""
    url = f"http://127.0.0.1:{free_port()}"
    done = run("query", url, "delay", "--retries", "1")
    assert (done.exit_code, done.stdout) == (1, "")
    said = rf"error: {url} does not answer after 2 tries in [\d.]+ s: no connection \(.+\); is it running there\?\n"
    assert re.fullmatch(said, done.stderr)


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    """Told to come back in an hour, the command ends now and says so."""
    hour = Turn(429, (("Retry-After", "3600"),), b"")
    with scripted(hour) as server:
        started = time.monotonic()
        done = run("query", server.url, "delay", "--timeout", "5")
        assert time.monotonic() - started < 4
        assert done.stderr.endswith(": status 429; a wait of 3600.0 s is more than the timeout of 5 s leaves\n")


def test_all_tries_share_one_deadline() -> None:
    """Slow answers count: a call that hangs is given up when its time is over."""
    with scripted(Turn(after_s=5.0)) as server:
        started = time.monotonic()
        done = run("query", server.url, "delay", "--timeout", "0.5")
        assert 0.5 <= time.monotonic() - started < 4
        assert "nothing came within 0.5 s" in done.stderr
        assert len(server.posts) == 1


def test_several_at_a_time_are_tried_again(tmp_path: Path) -> None:
    """Each call has its own retries; the answers keep the file's order."""
    source = write_csv(tmp_path / "r.csv", rows := sample("delay", 60))
    with scripted(DOWN, Turn(), DOWN, Turn(after_s=0.3), DOWN) as server:
        done = run("query", server.url, "delay", source, "--batch-size", "10", "--concurrency", "3")
        assert [line["instance"] for line in answers_of(done)] == rows
        assert done.stderr.endswith(", 6 calls, 3 retries\n")


def test_waits_are_fully_jittered() -> None:
    """Evenly between nothing and a bound that doubles up to the longest wait: clients do not come back together."""
    random.seed(1)
    for attempt, bound in ((0, BASE_S), (1, 2 * BASE_S), (3, 8 * BASE_S), (30, LONGEST_S)):
        waits = [_wait_s(attempt, None) for _ in range(400)]
        assert 0 <= min(waits) < 0.05 * bound
        assert 0.95 * bound < max(waits) <= bound


def test_retry_after_is_the_least_wait() -> None:
    """In seconds or as a date; what is neither counts for nothing."""
    assert _wait_s(0, Reply(429, {"Retry-After": "7"}, b"")) == 7
    date = formatdate(time.time() + 60, usegmt=True)
    assert 57 < _wait_s(0, Reply(503, {"Retry-After": date}, b"")) <= 60
    assert _wait_s(0, Reply(503, {"Retry-After": "soon"}, b"")) <= BASE_S
    assert _wait_s(0, Reply(503, {"Retry-After": "0"}, b"")) <= BASE_S


def test_closing_ends_a_wait() -> None:
    """A thread that waits for another try does not keep the process from ending."""
    caller = Caller(read_address(f"http://127.0.0.1:{free_port()}"), None, Trying(5, 60.0))
    caller.close()
    started = time.monotonic()
    with pytest.raises(Unreachable, match="is not asked any more"):
        caller.call("GET", "/models")
    assert time.monotonic() - started < 5
