"""A promotion under full load: no request fails, each is answered by one version, and trouble changes nothing.

The gateway is `neuralworks serve`, the S3 is moto's server, the load is wrk, and all of it is real but the cloud.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from challenge_neuralworks.artifact import Golden, read_manifest
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.versions import Versions
from tests.making import INSTANCE, TOY_SCORER, edit_manifest, seal
from tests.store.loading import Load, Serving, gateway
from tests.store.making import bomb, point, point_blindly, resealed
from tests.store.place import BUCKET, Place, until

pytestmark = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed: apt-get install wrk")

TTL_S = 0.2
BIASES = count(1)


class Stage:
    """A gateway, the store that it follows, and how to get to that store when the gateway cannot."""

    def __init__(self, serving: Serving, place: Place, versions: Versions, folder: Path) -> None:
        self.serving = serving
        self.place = place
        self.versions = versions
        self.folder = folder

    def made(self) -> Path:
        """Return the folder of a new sound version, unpublished: another scorer, so that its answers differ."""
        number = next(BIASES)
        folder = self.folder / f"version-{number}"
        scorer = AdditiveScorer(-0.5 - number / 8, TOY_SCORER.lookups, TOY_SCORER.numbers)
        seal(folder, scorer=scorer, golden=(Golden(INSTANCE, scorer.predict(INSTANCE)),))
        return folder / "toy"

    def promote(self) -> str:
        """Publish a new version and move the alias to it."""
        version = self.versions.publish(str(self.made()))
        point(self.versions, version)
        return version

    def serves(self, version: str) -> str:
        """Return the answer, once it is that version's."""
        found: str = until(lambda: (answer := self.serving.answer()) and f'"{version}"' in answer and answer)
        return found


@pytest.fixture(scope="module")
def stage(running: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a gateway that serves the first version of a store."""
    folder = tmp_path_factory.mktemp("stage")
    url = f"s3://{BUCKET}/promoting"
    with pytest.MonkeyPatch.context() as patch:
        host, port = running.moto
        for key, value in {**running.environ, "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}"}.items():
            patch.setenv(key, value)
        versions = Versions(open_objects(url))
    seal(folder / "baked")
    point(versions, versions.publish(str(folder / "baked" / "toy")))
    with gateway(running, url, folder, ttl_s=TTL_S) as serving:
        yield Stage(serving, running, versions, folder)
    running.trouble = lambda asked: ""
    versions.objects.close()


def check_whole(load: Load, *answers: str) -> None:
    """Check that nothing failed, and that every answer is one of these, byte for byte."""
    assert load.failed == 0
    assert {one.text for one in load.seen} == set(answers)
    assert sum(one.times for one in load.seen) > 100


def test_a_promotion_fails_no_request(stage: Stage) -> None:
    """Under full load: every answer is wholly of one version, and all are of the new one within TTL + 1 s."""
    old = stage.serves(stage.promote())
    with stage.serving.load() as load:
        new = stage.promote()
        moved = time.monotonic()
        after = stage.serves(new)
        time.sleep(0.3)
    check_whole(load, old, after)
    assert [one.text for one in load.seen] == [old, after]
    assert load.seen[0].last < load.seen[1].last
    assert load.seen[0].last - moved <= TTL_S + 1


def test_three_promotions_in_a_row_fail_no_request(stage: Stage) -> None:
    """Forth, on and back: each change is whole."""
    answers = [stage.serves(stage.promote())]
    first = stage.versions.alias("toy", "production")
    assert first is not None
    with stage.serving.load() as load:
        answers.append(stage.serves(stage.promote()))
        answers.append(stage.serves(stage.promote()))
        point(stage.versions, first.version)
        assert stage.serves(first.version) == answers[0]
    check_whole(load, *answers)


def kept(stage: Stage, wanted: str) -> list[tuple[str, str]]:
    """Return level and code of each line that says a version could not be had."""
    return [(line["level"], line["error"]) for line in stage.serving.lines("model-kept") if line["wanted"] == wanted]


@pytest.mark.parametrize("trouble", ["down", "error", "cut", "slow"])
def test_a_store_in_trouble_fails_no_request(stage: Stage, trouble: str) -> None:
    """S3 is down, overloaded, cuts answers short, takes ten seconds: the last good one answers, and the log says so."""
    served = stage.promote()
    old = stage.serves(served)
    before = len(kept(stage, served))
    with stage.serving.load() as load:
        stage.place.trouble = lambda asked: trouble
        time.sleep(0.05)
        new = stage.promote()
        until(lambda: len(kept(stage, served)) > before)
        following = stage.serving.get("/health")["models"]["toy"]["following"]
        stage.place.trouble = lambda asked: ""
        after = stage.serves(new)
    check_whole(load, old, after)
    assert kept(stage, served)[before:] == [("WARNING", "store-unavailable")]
    assert (following["version"], following["code"], following["stale"]) == (served, "store-unavailable", True)


def truncated(stage: Stage, folder: Path) -> None:
    """Publish, and have the object cut in the store itself."""
    version = stage.versions.publish(str(folder))
    pickle = stage.versions.manifest("toy", version).pickle
    spoil(stage, f"toy/{version}/{pickle.file}", lambda content: content[: len(content) // 2])


def altered(stage: Stage, folder: Path) -> None:
    """Publish, and have one byte changed in the store itself."""
    version = stage.versions.publish(str(folder))
    pickle = stage.versions.manifest("toy", version).pickle
    spoil(stage, f"toy/{version}/{pickle.file}", lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


def bombed(stage: Stage, folder: Path) -> None:
    """Publish a pickle that runs a command, with a manifest that allows it and has its digest."""
    resealed(folder, bomb(stage.folder / "exploded"), pickle__imports=["posix:system"])
    stage.versions.publish(str(folder))


def unfolding(stage: Stage, folder: Path) -> None:
    """Publish a few bytes that ask for as much memory as there is nowhere."""
    resealed(folder, b"\x80\x05\x96" + (2**62).to_bytes(8, "little") + b".")
    stage.versions.publish(str(folder))


def hoarding(stage: Stage, folder: Path) -> None:
    """Publish a few bytes that have the unpickler reserve, and fill, 16 GB."""
    resealed(folder, b"\x80\x05Nr" + (2**30).to_bytes(4, "little") + b".")
    stage.versions.publish(str(folder))


def huge(stage: Stage, folder: Path) -> None:
    """Publish, and have a manifest there that promises a terabyte."""
    version = stage.versions.publish(str(folder))
    promise = b'"bytes": 1099511627776'
    spoil(stage, f"toy/{version}/manifest.json", lambda content: re.sub(rb'"bytes": \d+', promise, content))


def unequal(stage: Stage, folder: Path) -> None:
    """Publish a version that does not predict what it promises."""
    edit_manifest(folder, golden=[{"instance": INSTANCE, "prediction": [0.5, 0.5]}])
    stage.versions.publish(str(folder))


def spoil(stage: Stage, key: str, change: Callable[[bytes], bytes]) -> None:
    """Change an object in its place, as no publisher ever does."""
    found = stage.versions.objects.read(key)
    assert found is not None
    stage.versions.objects.replace(key, change(found.content), found.etag)


@pytest.mark.parametrize(
    ("publish", "code"),
    [
        (truncated, "digest-mismatch"),
        (altered, "digest-mismatch"),
        (bombed, "forbidden-import"),
        (unfolding, "invalid-pickle"),
        (hoarding, "invalid-pickle"),
        (huge, "object-too-large"),
        (unequal, "golden-mismatch"),
    ],
)
def test_a_broken_version_fails_no_request(stage: Stage, publish: Callable[[Stage, Path], None], code: str) -> None:
    """Whatever is wrong with what the alias names: the last good version answers, and the log says what it was."""
    old = stage.serves(stage.promote())
    folder = stage.made()
    broken = read_manifest(str(folder)).version
    publish(stage, folder)
    with stage.serving.load() as load:
        point_blindly(stage.versions, broken)
        until(lambda: kept(stage, broken))
        time.sleep(0.2)
    check_whole(load, old)
    assert kept(stage, broken) == [("WARNING", code)]
    assert not (stage.folder / "exploded").exists()


def test_a_process_that_was_frozen_follows_again(stage: Stage) -> None:
    """Stopped in the middle of a call, as Lambda does it, and woken with dead connections: it asks once more."""
    stage.serves(stage.promote())
    before = len(stage.serving.lines("model-kept"))
    stage.place.asked.clear()
    stage.place.trouble = lambda asked: "slow"
    until(lambda: stage.place.asked)
    os.killpg(stage.serving.process.pid, signal.SIGSTOP)
    try:
        stage.place.drop()
        stage.place.trouble = lambda asked: ""
        version = stage.promote()
        time.sleep(2.2)
    finally:
        os.killpg(stage.serving.process.pid, signal.SIGCONT)
    stage.serves(version)
    assert len(stage.serving.lines("model-kept")) == before
