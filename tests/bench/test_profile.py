"""The parts of a request sum to the whole, and a flame graph shows what was sampled."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.errors import ProcessFailed
from bench.events import kinds
from bench.layout import Layout
from bench.profile import command
from bench.profile.flame import Box, NoSampler, boxes, draw, read_stacks, sample
from bench.profile.stages import measure, parts_of, render
from tests.making import ROOT

STACKS = {("a", "b"): 6, ("a", "c"): 3, ("a",): 1}


@pytest.mark.parametrize("index", [0, 3])
def test_stages_of_what_ships_are_timed(layout: Layout, index: int) -> None:
    """Of one instance and of a batch; parts sum to the whole, and none is counted twice."""
    rounds = measure(layout, kinds(ROOT)[index].event, rounds=2, calls=3)
    parts = parts_of(rounds)
    whole = parts.pop("whole")
    assert sum(parts.values()) == pytest.approx(whole)
    assert {"event read", "body parsed", "checked", "scored", "answer written", "the rest"} < set(parts)
    assert set(rounds[0]) - set(parts) == {"nothing", "whole", "answered"}


def test_parts_are_what_is_left_by_difference() -> None:
    """`answered` holds three others; the median of two rounds is their mean."""
    one = {"nothing": 1.0, "whole": 21.0, "body parsed": 3.0, "checked": 2.0, "scored": 4.0, "answered": 11.0}
    parts = parts_of([one, {**one, "whole": 23.0}])
    expected = {"body parsed": 2.0, "checked": 1.0, "scored": 3.0, "answer written": 4.0, "the rest": 11.0}
    assert parts == {**expected, "whole": 21.0}
    assert "| answer written              |   4.00 |   19% |" in render(parts)


def test_another_package_than_what_ships_is_not_profiled(layout: Layout) -> None:
    """The checkout lies on the probe's path too."""
    with pytest.raises(ProcessFailed):
        measure(layout._replace(ours=layout.empty), kinds(ROOT)[0].event, rounds=1, calls=1)


def test_stacks_begin_with_the_handler_and_forget_lines() -> None:
    """Who called it is the same for all, and two lines of a function are one frame."""
    lines = [
        "main (probe.py:1);Application.answer (x/application.py:50);parse (x/body.py:7) 3",
        "main (probe.py:2);Application.answer (x/application.py:51);parse (x/body.py:9) 2",
        "main (probe.py:3) 5",
    ]
    assert read_stacks(lines) == {("Application.answer  application.py", "parse  body.py"): 5}


def test_a_frame_is_as_wide_as_its_samples() -> None:
    """What is called lies above who calls it, the widest first."""
    assert list(boxes(STACKS)) == [Box("a", 0, 0, 10), Box("b", 1, 0, 6), Box("c", 1, 6, 3)]
    drawn = draw(STACKS, "a <title>")
    assert "a &lt;title&gt;: 10 samples" in drawn
    assert '<title>b: 60.0%</title><rect x="0.0"' in drawn
    assert 'width="600.0"' in drawn


def test_without_a_sampler_the_remedy_is_said(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is nothing that this project depends on."""
    monkeypatch.setattr("bench.profile.flame.shutil.which", lambda *_arguments, **_named: None)
    with pytest.raises(NoSampler, match="pip install py-spy"):
        sample(layout, kinds(ROOT)[0].event, seconds=1)
    monkeypatch.setattr(command, "lay_out", lambda *_arguments: layout)
    monkeypatch.setattr(command, "KINDS", command.KINDS[:1])
    assert command.main(["--rounds", "1", "--flame", str(tmp_path / "flame.svg")]) == 2
    assert "py-spy is not installed" in capsys.readouterr().err
