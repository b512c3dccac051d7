"""Whatever fails, whenever: callers are on a version that passed its smoke, and the lock is free or runs out.

A deploy with a canary makes some 35 calls. Each is made to fail: before it has an effect, or, where it changes
something, after it (the answer is lost). Half of the reads fail by an error of AWS and half by an exception that is no
error; the other halves are marked slow.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from challenge_neuralworks.deploy.release.calling import Pace
from challenge_neuralworks.deploy.release.lock import read_lease
from challenge_neuralworks.deploy.release.refusing import AwsError, Interrupted, Refused
from challenge_neuralworks.deploy.release.stopping import Stop
from tests.deploy.release.asked import WRITES, Asked
from tests.deploy.release.cloud import Cloud
from tests.deploy.release.staging import Release, Stage, options

CANARY = 0.1
SHORT = Pace(lease_s=60.0, poll_s=0.0, timeout_s=5.0)


@pytest.fixture(scope="module")
def calls(aws: Cloud, old: Release, new: Release) -> list[Asked]:
    """Return the calls of a deploy to which nothing happens."""
    stage = Stage(aws, old)
    stage.deploy(new.wanted(canary=CANARY), pace=SHORT)
    return list(aws.asked)


@contextmanager
def failing(aws: Cloud, when: str, number: int, fail: Callable[[], None]) -> Iterator[None]:
    """Have the call of a number fail, and none after it."""
    made = iter(range(1, 1_000))

    def handle(**_: Any) -> None:
        if next(made) == number:
            fail()

    clients = [aws.client(service) for service in ("lambda", "cloudwatch")]
    for client in clients:
        client.meta.events.register(f"{when}-call", handle)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(f"{when}-call", handle)


def error() -> None:
    """Fail as AWS does on a bad day."""
    raise ClientError({"Error": {"Code": "ServiceException", "Message": "a bad day"}}, "Any")


def interrupt() -> None:
    """Fail as by Ctrl-C in a program that does not listen to it."""
    raise KeyboardInterrupt


def check_safe(stage: Stage) -> None:
    """Check that callers are where they were, and that the lock lets the next deploy in."""
    assert stage.live == ("1", {})
    assert stage.lock in ("free", "")


@pytest.mark.parametrize("fail", [error, interrupt])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deploy_whose_change_fails_leaves_callers_alone(
    aws: Cloud, calls: list[Asked], stages: Callable[[], Stage], new: Release, when: str, fail: Callable[[], None]
) -> None:
    """Of every call that changes something, done or not: all is as it was."""
    changes = [number for number, asked in enumerate(calls, 1) if asked.kind in WRITES]
    assert [calls[number - 1].kind for number in changes].count("PUT aliases") == 5
    # The last one frees the lock: the deploy itself is done.
    for number in changes[:-1]:
        stage = stages()
        with failing(aws, when, number, fail), pytest.raises((AwsError, KeyboardInterrupt)):
            stage.deploy(new.wanted(canary=CANARY), pace=SHORT)
        check_safe(stage)
        assert stage.cloud.alias(stage.name, "previous")[0] in ("", "1")


def _check_reads(aws: Cloud, calls: list[Asked], stages: Callable[[], Stage], new: Release, odd: int) -> None:
    reads = [number for number, asked in enumerate(calls, 1) if asked.kind not in WRITES]
    for number in reads[:-1]:
        stage = stages()
        with (
            failing(aws, "before", number, error if number % 2 == odd else interrupt),
            pytest.raises((AwsError, KeyboardInterrupt)),
        ):
            stage.deploy(new.wanted(canary=CANARY), pace=SHORT)
        check_safe(stage)


def test_a_deploy_whose_question_fails_leaves_callers_alone(
    aws: Cloud, calls: list[Asked], stages: Callable[[], Stage], new: Release
) -> None:
    """Of every call that only asks, by an error and an exception in turn."""
    _check_reads(aws, calls, stages, new, 0)


@pytest.mark.slow
def test_a_deploy_whose_question_fails_the_other_way_leaves_callers_alone(
    aws: Cloud, calls: list[Asked], stages: Callable[[], Stage], new: Release
) -> None:
    """As above, with error and exception exchanged."""
    _check_reads(aws, calls, stages, new, 1)


def test_ctrl_c_is_heard_between_any_two_calls(
    aws: Cloud, calls: list[Asked], stages: Callable[[], Stage], new: Release
) -> None:
    """The signal itself, after every call that changes something: the change is known, and undone."""
    changes = [number for number, asked in enumerate(calls, 1) if asked.kind in WRITES]
    for number in changes[:-1]:
        stage = stages()
        with (
            Stop().listening() as stop,
            failing(aws, "after", number, lambda: signal.raise_signal(signal.SIGINT)),
            pytest.raises(Interrupted, match="stopped by SIGINT"),
        ):
            stage.deploy(new.wanted(canary=CANARY), pace=SHORT, stop=stop)
        check_safe(stage)


def test_a_second_ctrl_c_does_not_end_the_way_back(aws: Cloud, stage: Stage, new: Release) -> None:
    """Who is impatient while live is put back changes nothing."""

    def insist(asked: Asked) -> None:
        if asked.name == "live" and asked.kind == "PUT aliases":
            os.kill(os.getpid(), signal.SIGTERM)

    stage.cloud.after = insist
    with Stop().listening() as stop, pytest.raises(Interrupted, match="stopped by SIGTERM"):
        stage.deploy(new.wanted(), pace=SHORT, stop=stop)
    assert [asked.name for asked in aws.asked if asked.kind == "PUT aliases"].count("live") == 2
    check_safe(stage)


@pytest.mark.parametrize("fail", [error, interrupt])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lock_that_cannot_be_freed_is_no_failure_of_the_deploy(
    aws: Cloud, calls: list[Asked], stage: Stage, new: Release, when: str, fail: Callable[[], None]
) -> None:
    """The release has been proven by then; what AWS refuses once is tried again, and else the lock runs out."""
    try:
        with failing(aws, when, len(calls), fail):
            stage.deploy(new.wanted(canary=CANARY), pace=SHORT)
    except KeyboardInterrupt:
        assert fail is interrupt
    else:
        assert stage.lock == "free"
    assert stage.live == ("2", {})
    if stage.lock != "free":
        _outwait_the_lock(stage, new)


def test_an_undo_that_fails_is_tried_again(aws: Cloud, stage: Stage, new: Release) -> None:
    """Errors on the way back do not leave callers on what failed its smoke."""
    failed: list[int] = []

    def fail_thrice(**_: Any) -> None:
        if stage.live[0] == "2" and len(failed) < 4:
            failed.append(1)
            error()

    events = aws.client("lambda").meta.events
    events.register("before-call", fail_thrice)
    try:
        with pytest.raises(AwsError):
            stage.deploy(new.wanted(), pace=SHORT)
    finally:
        events.unregister("before-call", fail_thrice)
    assert len(failed) == 4
    check_safe(stage)


def _outwait_the_lock(stage: Stage, release: Release) -> None:
    """Be refused by the lock, and deploy once its time is over."""
    bench = stage.bench()
    lease = read_lease(bench.function.alias("deploying"))
    assert lease is not None
    with pytest.raises(Refused, match=f"another deploy is going on: .* held by {lease.owner}, id {lease.id}"):
        stage.deploy(release.wanted())
    # By AWS's clock, which is the one that counts.
    stage.cloud.ahead_s = 15 * 60 + 1
    stage.deploy(release.wanted())
    assert any(line.startswith("took over the lock held by") for line in stage.said)


SMOKED = {"POST metrics": ("1", {"2": 0.1})}
"""Where a kill leaves callers, if not where they were: on a canary that has passed its smoke."""


@pytest.mark.parametrize("kind", ["POST aliases", "POST versions", "POST metrics"])
def test_a_deploy_that_is_killed_is_taken_over(stage: Stage, calls: list[Asked], new: Release, kind: str) -> None:
    """SIGKILL leaves callers on versions that passed their smoke; the next deploy waits for the lock, and finishes."""
    number = next(number for number, asked in enumerate(calls, 1) if asked.kind == kind)
    _kill_at(stage, new, number, "15m", after=True)
    assert stage.live == SMOKED.get(kind, ("1", {}))
    _outwait_the_lock(stage, new)
    assert stage.live == ("2", {})
    assert stage.lock == "free"
    assert stage.cloud.alias(stage.name, "previous")[0] == "1"


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_a_deploy_killed_anywhere_leaves_what_serves(
    calls: list[Asked], stages: Callable[[], Stage], new: Release, after: bool
) -> None:
    """At every call that changes something, before it or after it."""
    for number in (number for number, asked in enumerate(calls, 1) if asked.kind in WRITES):
        stage = stages()
        _kill_at(stage, new, number, "1s", after=after)
        assert stage.live in (("1", {}), ("1", {"2": CANARY}), ("2", {}))
        stage.bench().stop.wait(2.0)
        stage.deploy(new.wanted())
        assert stage.live == ("2", {})
        assert stage.lock == "free"


def test_a_move_still_on_its_way_comes_too_late(aws: Cloud, stage: Stage, new: Release) -> None:
    """A call whose answer never came may arrive after the way back: the revision that it names is gone by then."""
    late: list[Asked] = []

    def lose(asked: Asked) -> None:
        if asked.kind == "PUT aliases" and asked.name == "live" and not late:
            late.append(asked)
            raise ConnectionAbortedError

    aws.before = lose
    events = aws.client("lambda").meta.events

    def no_retry(**_: object) -> None:
        if late:
            events.unregister("before-send", no_retry)
            error()

    events.register("before-send", no_retry)
    with pytest.raises(AwsError):
        stage.deploy(new.wanted(), pace=SHORT)
    (first,) = late
    assert aws.answer(first).status == 412
    check_safe(stage)


def _kill_at(stage: Stage, release: Release, number: int, lease: str, *, after: bool) -> None:
    process: list[subprocess.Popen[str]] = []
    started = threading.Event()

    def kill(asked: Asked) -> None:
        if len(stage.cloud.asked) == number:
            started.wait(10)
            process[0].send_signal(signal.SIGKILL)
            process[0].wait(10)

    if after:
        stage.cloud.after = kill
    else:
        stage.cloud.before = kill
    process.append(stage.command("deploy", *options(release, "--canary", "10%", "--lease", lease)))
    started.set()
    process[0].communicate(timeout=60)
    stage.cloud.forget()
    assert process[0].returncode == -signal.SIGKILL


@pytest.mark.parametrize("kind", sorted(WRITES))
def test_an_answer_that_is_lost_once_is_no_failure(aws: Cloud, stage: Stage, new: Release, kind: str) -> None:
    """The client tries again by itself, and meets its own change: that is known to be its own."""
    lost: list[str] = []

    def lose(asked: Asked) -> None:
        if asked.kind == kind and asked.name not in lost:
            lost.append(asked.name)
            raise ConnectionAbortedError

    aws.after = lose
    stage.deploy(new.wanted(canary=CANARY), pace=SHORT)
    assert lost == (["deploying", "live"] if kind == "PUT aliases" else [""])
    assert (stage.live, stage.lock) == (("2", {}), "free")
    assert stage.cloud.alias(stage.name, "previous")[0] == "1"


def test_previous_is_put_back_too(aws: Cloud, stage: Stage, old: Release, new: Release) -> None:
    """A deploy that fails at its very end leaves the rollback leading where it led."""
    stage.deploy(new.wanted(), pace=SHORT)

    def fail(asked: Asked) -> None:
        if asked.kind == "POST invocations" and asked.query["Qualifier"] == "live":
            stage.cloud.rules(stage.name).pending["3"] = 1

    aws.before = fail
    with pytest.raises(AwsError, match="ResourceConflictException"):
        stage.deploy(old.wanted(), pace=SHORT)
    assert (stage.live, stage.lock) == (("2", {}), "free")
    assert stage.cloud.alias(stage.name, "previous")[0] == "1"
