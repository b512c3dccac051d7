from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.export.contenders import ALL
from bench.export.environment import BASE, GROUPS, python_of, run
from tests.making import ROOT

HERE = Path(sys.prefix)


def test_a_module_is_told_and_answers() -> None:
    """What it is told comes in, what it writes goes out; plots of nothing are nothing."""
    assert run(HERE, ROOT, "bench.export.plots", '{"plots": []}') == ""


def test_a_module_that_fails_ends_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    """Its own message is seen, and the error names it."""
    with pytest.raises(BenchError, match=r"^bench\.export\.plots ended with 1$"):
        run(HERE, ROOT, "bench.export.plots", "no JSON")
    assert "JSONDecodeError" in capfd.readouterr().err


def test_the_interpreter_is_the_environments_own() -> None:
    """Not the one that runs the command."""
    assert python_of(HERE).exists()


def test_what_is_compared_with_is_pinned() -> None:
    """Two runs compare the same; each group is a contender, or draws."""
    assert set(GROUPS) - {"plots"} == set(ALL) - {"ours", "scikit-learn"}
    packages = {*BASE, *(package for group in GROUPS.values() for package in group)}
    assert [package for package in packages if len(package.split("==")) != 2] == []
