from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.export import worker
from bench.export.contenders import TREES
from bench.export.families import families


def test_each_contender_is_measured_in_every_round(report: dict[str, Any]) -> None:
    """A round has all three figures, and none of them is nothing or infinite."""
    assert [family["family"] for family in report["families"]] == [family.name for family in families()[:2]]
    for family in report["families"]:
        assert [contender["name"] for contender in family["contenders"]] == ["ours", "scikit-learn"]
        for contender in family["contenders"]:
            assert len(contender["rounds"]) == 2
            for one in contender["rounds"]:
                assert set(one) == {"load_ms", "row_us", "rows_per_s"}
                assert all(0.0 < value < 1e12 for value in one.values())


def test_answers_and_sizes_are_those_of_the_pipeline(report: dict[str, Any]) -> None:
    """Ours are equal to 1e-12, scikit-learn's are the same; each loads some bytes."""
    for family in report["families"]:
        ours, theirs = family["contenders"]
        assert 0.0 <= ours["difference"] <= 1e-12
        assert theirs["difference"] == 0.0
        assert ours["bytes"] > 100
        assert theirs["bytes"] > 100


def test_the_absent_are_named_where_they_would_be_asked(report: dict[str, Any]) -> None:
    """What takes trees alone is not missed where there are none."""
    for family in report["families"]:
        assert family["skipped"] == {"onnxruntime": "it is not asked for here"}
        assert not set(TREES) & set(family["skipped"])


def test_a_contender_that_raises_is_left_out_with_its_reason(file_of_flights: Path) -> None:
    """One peer that is not installed costs its own line, not the run."""
    task = {"data": str(file_of_flights), "rounds": 1, "singles": 1, "seed": 1, "missing": {"tl2cgen": "no compiler"}}
    boosting = next(family for family in families() if family.name.startswith("gradient boosting"))
    boosting.pipeline.set_params(estimate__n_estimators=2)
    hidden = dict.fromkeys(("onnxruntime", "treelite"))
    with pytest.MonkeyPatch.context() as patch:
        for name in hidden:
            patch.setitem(sys.modules, name, None)
            patch.setitem(sys.modules, f"{name}.sklearn", None)
        (family,) = worker.measured(task, [boosting])["families"]
    assert [contender["name"] for contender in family["contenders"]] == ["ours", "scikit-learn"]
    assert set(family["skipped"]) == {"onnxruntime", "treelite", "tl2cgen"}
    assert family["skipped"]["tl2cgen"] == "no compiler"
    assert family["skipped"]["treelite"].startswith("ModuleNotFoundError: ")


def test_the_figures_alone_are_written(
    file_of_flights: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output is JSON; who is being measured goes to standard error."""
    task = {"data": str(file_of_flights), "rounds": 1, "singles": 1, "seed": 1, "missing": {"onnxruntime": "absent"}}
    monkeypatch.setattr(worker, "families", lambda: families()[:1])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(task)))
    worker.main()
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert answer["data"] == "1,200 real flights"
    assert [family["family"] for family in answer["families"]] == ["logistic regression"]
    assert printed.err == "logistic regression ...\n"
