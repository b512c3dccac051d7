"""One deploy at a time, and none that is dead keeps the others out for long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from challenge_neuralworks.deploy.release.function import Alias
from challenge_neuralworks.deploy.release.lock import Lease, Lock, LockLost, read_lease
from challenge_neuralworks.deploy.release.refusing import Refused
from tests.deploy.release.asked import Asked
from tests.deploy.release.cloud import Cloud
from tests.deploy.release.staging import Release, Stage, options, release

SOON = timedelta(minutes=5)


def test_two_deploys_at_once_are_one(stage: Stage, aws: Cloud, new: Release) -> None:
    """Of two processes one deploys; the other says who holds the lock and until when, and changes nothing."""
    running = [stage.command("deploy", *options(new, "--owner", owner, "--canary", "10%")) for owner in ("ana", "bo")]
    done = [(*process.communicate(timeout=60), process.returncode) for process in running]
    # The slower one may come when the other has finished: then it only finds its digest live.
    losers = [said for _, said, status in done if status]
    assert [status for *_, status in done].count(0) >= 1
    for said in losers:
        assert said.splitlines()[-1].startswith(f"error: another deploy is going on: the lock of {stage.name} is ")
    assert stage.live == ("2", {})
    assert [asked.kind for asked in aws.asked].count("POST versions") == 1
    assert stage.lock == "free"


def test_who_comes_second_learns_who_was_first(stage: Stage, new: Release) -> None:
    """While a deploy waits in the middle, another one is refused, and the first goes on undisturbed."""
    refused: list[str] = []

    def second(asked: Asked) -> None:
        if asked.kind == "POST versions":
            stage.cloud.after = lambda asked: None
            process = stage.command("deploy", *options(new))
            _, said = process.communicate(timeout=60)
            refused.append(said)

    # Let go of the function before the second one asks.
    stage.cloud.after = second
    stage.deploy(new.wanted())
    (said,) = refused
    assert said.startswith(f"error: another deploy is going on: the lock of {stage.name} is held by tester, id ")
    assert ", until 20" in said
    assert stage.live == ("2", {})


def test_exactly_one_of_two_takes_a_lock(stage: Stage) -> None:
    """Both saw it free; making the alias, and later changing it as it was seen, lets one of them in."""
    for _ in ("a new alias", "a free one"):
        first, second = (Lock(stage.bench().function, owner, 60) for owner in ("ana", "bo"))
        raced: list[str] = []

        def race(asked: Asked, first: Lock = first, raced: list[str] = raced) -> None:
            if asked.method in ("POST", "PUT"):
                stage.cloud.before = lambda asked: None
                raced.append(first.take())

        stage.cloud.before = race
        with pytest.raises(Refused, match="held by ana, id "):
            second.take()
        assert raced == [""]
        second.free()
        assert stage.lock.startswith("held by ana")
        first.free()
        assert stage.lock == "free"


def test_a_lock_that_ran_out_is_taken_over(stage: Stage) -> None:
    """By one; and whoever held it learns so when it wakes up, and leaves the new holder's lock alone."""
    slow, quick = (Lock(stage.bench().function, owner, lease_s) for owner, lease_s in (("ana", -1.0), ("bo", 60)))
    assert slow.take() == ""
    assert quick.take().startswith("took over the lock held by ana, id ")
    with pytest.raises(LockLost, match="the lock was lost: it is now held by bo"):
        slow.renew()
    slow.free()
    assert stage.lock.startswith("held by bo")


def test_a_lock_is_renewed_once_half_of_it_is_over(stage: Stage) -> None:
    """Not at each beat: a call costs time."""
    lock = Lock(stage.bench().function, "ana", 60)
    lock.take()
    taken = stage.lock
    lock.beat()
    assert stage.lock == taken
    lock.until -= timedelta(seconds=31)
    lock.beat()
    assert stage.lock != taken


def test_a_deploy_that_lost_its_lock_shifts_nothing(stage: Stage, aws: Cloud, new: Release) -> None:
    """A machine that slept through its lease wakes up to somebody else's deploy: its own ends there."""

    def steal(asked: Asked) -> None:
        if asked.kind == "POST versions":
            stage.cloud.after = lambda asked: None
            lease = Lease("bo", "0" * 16, datetime.now(UTC) + SOON)
            aws.client("lambda").update_alias(
                FunctionName=stage.name, Name="deploying", FunctionVersion="$LATEST", Description=str(lease)
            )

    stage.cloud.after = steal
    with pytest.raises(LockLost, match="it is now held by bo"):
        stage.deploy(new.wanted())
    assert stage.live == ("1", {})
    assert stage.lock.startswith("held by bo")


def test_a_lease_is_read_as_it_was_written() -> None:
    """Owners are people, runs and addresses."""
    lease = Lease("ana@host in run 7", "0123456789abcdef", datetime(2026, 11, 21, 17, 0, 0, 5000, UTC))
    assert read_lease(Alias("deploying", "$LATEST", {}, str(lease))) == lease
    assert len(str(lease._replace(owner="x" * 100))) <= 256
    assert read_lease(None) is None
    assert read_lease(Alias("deploying", "$LATEST", {}, "free")) is None


def test_an_alias_that_is_no_lock_is_not_taken() -> None:
    """What else may be called deploying is nothing of ours."""
    with pytest.raises(Refused, match="the alias deploying says 'blue', which is no lock: delete it"):
        read_lease(Alias("deploying", "1", {}, "blue"))


def test_an_owner_of_any_spelling_can_be_read_back(stage: Stage) -> None:
    """Nothing in a name may look like the rest of the lease."""
    lock = Lock(stage.bench().function, "a, id 0123456789abcdef, until\nnow" * 9, 60)
    lock.take()
    lease = read_lease(stage.bench().function.alias("deploying"))
    assert lease is not None
    assert lease.owner.startswith("a? id 0123456789abcdef? until")


def test_the_next_release_follows_the_last(stage: Stage, aws: Cloud, new: Release, tmp_path_factory: object) -> None:
    """A lock that was freed is taken like a new one."""
    stage.deploy(new.wanted())
    assert isinstance(tmp_path_factory, pytest.TempPathFactory)
    third = release(aws, tmp_path_factory.mktemp("third"), -0.3)
    stage.deploy(third.wanted())
    assert stage.live == ("3", {})
    assert stage.cloud.alias(stage.name, "previous")[0] == "2"
