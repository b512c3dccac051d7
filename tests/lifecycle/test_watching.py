"""A promoted version is watched: a broken bound takes it back, and nothing else does."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.lifecycle.evidence import Evidence, Pair, Source
from challenge_neuralworks.lifecycle.refusing import BoundsBroken, Refused
from challenge_neuralworks.lifecycle.shadow_logs import LogFiles
from challenge_neuralworks.lifecycle.watching import Watch, WatchBounds, watch_for
from challenge_neuralworks.store.errors import AliasMoved, StoreUnavailable
from challenge_neuralworks.store.versions import Versions
from tests.lifecycle.storing import point, published

BOUNDS = WatchBounds(flips=0.05, difference=0.5, errors=0.01, least=20)


class Scene:
    """A promotion, the log of what serves it, and a watch whose time is counted in looks."""

    def __init__(self, versions: Versions, folder: Path) -> None:
        self.versions = versions
        self.log = folder / "log"
        self.former = published(versions, folder / "a")
        self.version = published(versions, folder / "b", -1.5)
        point(versions, "production", self.former)
        point(versions, "production", self.version)
        point(versions, "candidate", self.former)
        self.said: list[str] = []

    def seen(self, rows: int = 0, flips: int = 0, most: float = 0.0, requests: int = 0, failed: int = 0) -> None:
        """Write what a gateway would have written."""
        named = {"timestamp": "9999", "model": "toy", "version": self.version}
        told = {"candidate": self.former, "rows": rows, "flips": flips, "difference": most, "max_difference": most}
        entries: list[dict[str, Any]] = [{**named, "message": "shadow", **told, "errors": {}}] if rows else []
        statuses = [500] * failed + [200] * (requests - failed)
        entries += [{**named, "message": "request", "status": status} for status in statuses]
        with self.log.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(entry)}\n" for entry in entries)

    def watch(self, looks: int = 3, rest: Callable[[], None] = lambda: None, bounds: WatchBounds = BOUNDS) -> Any:
        """Watch for so many looks."""
        clock = itertools.count()
        watch = Watch(self.versions, "toy", LogFiles([self.log]), bounds, self.said.append)
        return watch_for(watch, looks, "tester", lambda: float(next(clock)), rest)

    @property
    def production(self) -> str:
        """Where production is."""
        pointer = self.versions.alias("toy", "production")
        assert pointer is not None
        return pointer.version


@pytest.fixture
def scene(versions: Versions, tmp_path: Path) -> Scene:
    """Return one."""
    return Scene(versions, tmp_path)


def test_within_its_bounds_it_stays(scene: Scene) -> None:
    """At a bound is within; what is seen is told, and told once."""
    scene.seen(rows=100, flips=5, most=0.5, requests=100, failed=1)
    assert scene.watch() == Evidence(rows=100, flips=5, difference=0.5, most=0.5, requests=100, failed=1)
    assert scene.production == scene.version
    assert scene.said == [
        f"watching toy {scene.version}; the way back is {scene.former}",
        "100 rows shadowed, 5.000% flipped, differing by 0.005 on average, 0.5 at most; 100 requests, 1 failed",
    ]


@pytest.mark.parametrize(
    ("seen", "broken"),
    [
        ({"rows": 100, "flips": 6}, "6.000% of 100 labels flipped, at most 5.000% may"),
        ({"rows": 1, "most": 0.51}, "a prediction differs by 0.51, at most 0.5 may"),
        ({"requests": 100, "failed": 2}, "2.000% of 100 requests failed, at most 1.000% may"),
    ],
)
def test_a_broken_bound_takes_it_back(scene: Scene, seen: dict[str, Any], broken: str) -> None:
    """As soon as it is seen, by a move whose reason says which; the error says so too."""
    looked = itertools.count(1)

    def rest() -> None:
        if next(looked) == 2:
            scene.seen(**seen)

    with pytest.raises(BoundsBroken) as ended:
        scene.watch(looks=50, rest=rest)
    assert str(ended.value) == f"toy {scene.version}: {broken}; production is back at {scene.former}"
    assert next(looked) == 3
    pointer = scene.versions.alias("toy", "production")
    assert pointer is not None
    assert (pointer.version, pointer.moves[-1].reason) == (scene.former, f"watch: {broken}")
    assert scene.said[-1].endswith(f"by tester: watch: {broken}")


def test_a_share_of_a_few_rows_is_not_judged(scene: Scene) -> None:
    """The first row of a watch may well be one whose label flips."""
    scene.seen(rows=19, flips=19, requests=19, failed=19)
    scene.watch()
    assert scene.production == scene.version


def test_a_version_that_functions_refuse_is_taken_back(scene: Scene) -> None:
    """They go on with the former one, so no request ever shows it."""
    kept = {"timestamp": "9999", "message": "model-kept", "model": "toy", "alias": "production"}
    told = {**kept, "version": scene.former, "wanted": scene.version, "error": "golden-mismatch"}
    scene.log.write_text(json.dumps(told) + "\n")
    with pytest.raises(BoundsBroken, match="1 times a function refused to take the version up"):
        scene.watch()
    assert scene.production == scene.former


def test_who_stops_the_watch_leaves_things_as_they_are(scene: Scene) -> None:
    """What the wait raises goes through, even where a bound would be broken at the next look."""

    class Stopped(Exception):
        pass

    def stop() -> None:
        scene.seen(rows=100, flips=100)
        raise Stopped

    with pytest.raises(Stopped):
        scene.watch(rest=stop)
    assert scene.production == scene.version


def test_somebody_elses_move_ends_the_watch(scene: Scene) -> None:
    """Their move stays, even one away and back: what was watched for is not what is there."""

    def move() -> None:
        point(scene.versions, "production", scene.former)
        point(scene.versions, "production", scene.version)

    with pytest.raises(AliasMoved, match=r"\(move 2, .* but is at .*\(move 4, "):
        scene.watch(rest=move)
    assert scene.production == scene.version


def test_what_cannot_be_looked_at_now_is_looked_at_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, versions: Versions
) -> None:
    """A store or a CloudWatch that is away for a while neither ends the watch nor moves anything."""
    scene.log.mkdir()
    looks = itertools.count(1)

    def rest() -> None:
        if next(looks) == 2:
            scene.log.rmdir()
            scene.seen(rows=100, flips=0)

    seen = scene.watch(looks=10, rest=rest)
    assert seen == Evidence(rows=100)
    assert "cannot look: " in scene.said[1]
    assert len(scene.said) == 3


def test_a_way_back_that_fails_is_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound stays broken: the next look takes the version back."""
    scene.seen(rows=100, flips=100)
    move, failures = scene.versions.move, itertools.count()

    def fails_once(*asked: Any) -> Any:
        if next(failures) == 0:
            raise StoreUnavailable("there", "it is away")
        return move(*asked)

    monkeypatch.setattr(scene.versions, "move", fails_once)
    with pytest.raises(BoundsBroken):
        scene.watch()
    assert scene.production == scene.former
    assert "cannot go back yet: the store cannot be used at there: it is away" in scene.said[2]


def test_where_nothing_shadows_the_watch_says_so(scene: Scene) -> None:
    """Errors are watched all the same."""
    point(scene.versions, "candidate", scene.version)
    scene.seen(requests=100, failed=100)
    with pytest.raises(BoundsBroken, match=r"100\.000% of 100 requests failed"):
        scene.watch()
    assert scene.said[1] == f"{scene.former} does not shadow, so flips are not seen: promote with --keep-shadow"


def test_without_a_way_back_there_is_nothing_to_watch(versions: Versions, tmp_path: Path) -> None:
    """A first version cannot be taken back."""
    point(versions, "production", published(versions, tmp_path))
    with pytest.raises(Refused, match="there is no way back to watch"):
        Watch(versions, "toy", Source(), BOUNDS, print)


def test_the_source_is_asked_for_the_former_version_since_the_promotion(scene: Scene) -> None:
    """Evidence of before it was promoted, when the roles were the other way round, is none of it."""
    asked: list[Pair] = []

    class Noted(Source):
        def look(self, pair: Pair) -> Evidence:
            asked.append(pair)
            return Evidence()

    Watch(scene.versions, "toy", Noted(), BOUNDS, scene.said.append).look("tester")
    pointer = scene.versions.alias("toy", "production")
    assert pointer is not None
    assert asked == [Pair("toy", scene.version, scene.former, pointer.moves[-1].at)]
