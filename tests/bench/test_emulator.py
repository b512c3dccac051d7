from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bench import cold_start, memory
from bench.emulator import Emulator, children
from bench.errors import ProcessFailed, WrongAnswer
from bench.layout import Candidate, Layout
from tests.making import EVENTS

EVENT = (EVENTS / "rest_v1.json").read_bytes()


def test_a_cold_start_answers(layout: Layout, emulator_binary: Path) -> None:
    """One round through the real emulator and the real runtime client gives both functions' times."""
    (one,) = cold_start.measure(layout, emulator_binary, EVENT, rounds=1, seed=1)
    assert sorted(one["order"]) == ["empty", "ours"]
    assert one["ours"] > 0
    assert one["empty"] > 0
    assert list(children(os.getpid())) == []


def test_the_function_starts_with_the_first_invocation(layout: Layout, emulator_binary: Path) -> None:
    """What is timed holds the whole start of its process, and leaving ends it."""
    with Emulator(emulator_binary, layout.python, layout.ours) as emulator:
        assert emulator.function_pid() is None
        answer = json.loads(emulator.invoke(EVENT))
        pid = emulator.function_pid()
        assert pid is not None
        assert memory.peak_kib(pid) > 5000
    assert answer["statusCode"] == 200
    assert not Path(f"/proc/{pid}").exists()


def test_a_handler_that_cannot_be_imported_is_no_answer(layout: Layout, emulator_binary: Path, tmp_path: Path) -> None:
    """The emulator reports it; nothing is measured."""
    nowhere = Candidate("ours", tmp_path, "nowhere.lambda_handler")
    with pytest.raises((ProcessFailed, WrongAnswer)):
        cold_start.cold_start_ms(layout, emulator_binary, nowhere, EVENT)


def test_an_emulator_that_ends_at_once_is_named(layout: Layout) -> None:
    """A binary that does not listen is an error in words, not a hang."""
    with (
        pytest.raises(ProcessFailed, match="does not listen"),
        Emulator(Path("/bin/false"), layout.python, layout.ours),
    ):
        pass
