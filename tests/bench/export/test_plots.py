from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

from bench.export import plots
from bench.export.contenders import ALL

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def drawn(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the plot of two families, of which one has two contenders."""
    families: list[dict[str, Any]] = [
        {"family": "trees", "values": {"ours": 5.0, "treelite": 50.0}},
        {"family": "lines", "values": {"ours": 2.0}},
    ]
    task = {"plots": [{"path": str(path), "label": "one row (less is better)", "families": families}]}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(task)))
    plots.main()
    return path.read_text(encoding="utf-8")


def test_a_plot_names_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Families, contenders and unit are written; who was not measured is not."""
    # Letters are drawn as outlines, with what they say beside them as a comment.
    text = drawn(tmp_path / "plot.svg", monkeypatch)
    for shown in ("trees", "lines", "ours", "treelite", "one row (less is better)"):
        assert f"<!-- {shown} -->" in text
    assert "<!-- tl2cgen -->" not in text


def test_equal_figures_give_equal_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plot changes in the repository only when its figures do."""
    assert drawn(tmp_path / "a.svg", monkeypatch) == drawn(tmp_path / "b.svg", monkeypatch)


def test_every_contender_has_a_colour() -> None:
    """One without would not be drawn."""
    assert set(plots.COLOURS) == set(ALL)
