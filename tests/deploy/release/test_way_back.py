"""The way back of a shift that failed: tried again, and where it cannot be done, said alias by alias."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from uuid import uuid4

import pytest

from challenge_neuralworks.deploy.release.function import Alias, Function
from challenge_neuralworks.deploy.release.refusing import AwsError
from challenge_neuralworks.deploy.release.shifting import Shift
from tests.deploy.release.staging import QUICK, Release, Stage


class Meddled(Function):
    """The function, of which some moves of an alias come too late, as if somebody else had made one just before.

    Parameters
    ----------
    late : alias -> which of its moves come too late, counted from 1.
    lost : the move of live whose answer is lost.
    """

    def __init__(self, function: Function, late: dict[str, range], lost: int) -> None:
        super().__init__(function.name, function._calls)
        self._late = late
        self._lost = lost
        self._moves: Counter[str] = Counter()

    def move_alias(self, wanted: Alias) -> Alias | None:
        """Move it, or name a revision that is gone."""
        self._moves[wanted.name] += 1
        number = self._moves[wanted.name]
        is_late = number in self._late.get(wanted.name, ())
        moved = super().move_alias(wanted._replace(revision=str(uuid4())) if is_late else wanted)
        if (wanted.name, number) == ("live", self._lost):
            raise AwsError("UpdateAlias", self.name, "no answer", "")
        return moved


def shift_back(stage: Stage, late: dict[str, range], lost: int = 0, pause_s: float = 0.0) -> list[str]:
    """Move live to version 2 in a block that fails; return what is said meanwhile."""
    bench = stage.bench()
    function = Meddled(bench.function, late, lost)
    with (
        contextlib.suppress(KeyboardInterrupt),
        bench.locked() as lock,
        Shift(function, function.live(), lock, bench.stop, bench.say, pause_s) as shift,
    ):
        shift.keep_previous(function.live().version)
        shift.to("2")
        assert stage.live == ("2", {})
        raise KeyboardInterrupt
    return stage.said


@pytest.fixture
def returned(stage: Stage, new: Release) -> Stage:
    """Return a stage with versions 1 and 2, of which 1 is live, and whose previous version is said to be 2."""
    stage.deploy(new.wanted(), pace=QUICK)
    functions = stage.cloud.client("lambda")
    functions.update_alias(FunctionName=stage.name, Name="live", FunctionVersion="1")
    functions.update_alias(FunctionName=stage.name, Name="previous", FunctionVersion="2")
    stage.said.clear()
    return stage


def test_a_way_back_that_is_always_too_late_says_so(returned: Stage) -> None:
    """After five tries, with a pause between each; previous stays where a rollback finds its way by it."""
    started = time.monotonic()
    said = shift_back(returned, {"live": range(2, 100)}, pause_s=0.05)
    assert time.monotonic() - started >= 4 * 0.05
    why = "something that holds no lock keeps changing it"
    assert said == [f"live could NOT be put back ({why}): run `neuralworks rollback --to 1`"]
    assert returned.live == ("2", {})
    assert returned.cloud.alias(returned.name, "previous")[0] == "1"


def test_a_way_back_that_is_too_late_once_is_tried_again(returned: Stage) -> None:
    """Nothing is left to say but that it is done."""
    assert shift_back(returned, {"live": range(2, 6)}) == ["live is back at version 1"]
    assert returned.live == ("1", {})
    assert returned.cloud.alias(returned.name, "previous")[0] == "2"


def test_previous_that_cannot_be_put_back_is_not_live(returned: Stage) -> None:
    """Each alias has its own line: live is back, and nothing says otherwise."""
    said = shift_back(returned, {"previous": range(2, 100)})
    why = "something that holds no lock keeps changing it"
    assert said == [
        "live is back at version 1",
        f"previous could NOT be put back at version 2 ({why}); live is not concerned",
    ]
    assert returned.live == ("1", {})


def test_a_way_back_whose_last_answer_is_lost_is_seen(returned: Stage) -> None:
    """Live is looked at once more before it is said where it is not; previous follows."""
    assert shift_back(returned, {"live": range(2, 6)}, lost=6) == ["live is back at version 1"]
    assert returned.live == ("1", {})
    assert returned.cloud.alias(returned.name, "previous")[0] == "2"
