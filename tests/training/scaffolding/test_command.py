"""The command line of `new` and `remove`: a plan that is shown, and refusals of one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.cli import main
from tests.making import ROOT
from tests.training.scaffolding.test_planning import odd_file


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(part) for part in arguments])


def test_a_dry_run_shows_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column with what becomes of it, every file that would be written; none is."""
    monkeypatch.chdir(ROOT)
    done = _run("new", "odd", "--data", odd_file(tmp_path), "--target", "passed", "--dry-run")
    assert done.exit_code == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "odd: binary of 'passed': no, yes"
    assert lines[1].endswith("odd.csv; 6 more do not state the target and are left out")
    assert lines[2] == "id left out: an identifier by its name, and different on nearly every row"
    assert "height number in 0.76..2.25, may be missing" in lines
    assert "passed the target" in lines
    assert "challenge_neuralworks/models/odd.py" in lines
    assert lines[-1] == "nothing was written: --dry-run"
    assert not (ROOT / "challenge_neuralworks" / "models" / "odd.py").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("delay",),
            "'delay' cannot be made, for nothing is overwritten; already there: challenge_neuralworks",
        ),
        (("class",), "NAME='class' cannot be used"),
        (("odd", "--leave-out", "hight"), "there is no column 'hight'; did you mean 'height'?"),
        (("odd", "--task", "regression"), "'passed' cannot be a regression's target: "),
    ],
)
def test_a_refusal_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    """It names what was given, and what to do."""
    monkeypatch.chdir(ROOT)
    done = _run("new", *arguments, "--data", odd_file(tmp_path), "--target", "passed")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert message in done.stderr


def test_both_work_in_the_projects_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anywhere else they would write into nothing."""
    monkeypatch.chdir(tmp_path)
    for arguments in (("new", "odd", "--data", odd_file(tmp_path), "--target", "passed"), ("remove", "odd")):
        done = _run(*arguments)
        assert done.exit_code == 1
        assert "expected the project's own, with dvc.yaml" in done.stderr


def test_a_model_that_was_not_made_is_not_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were written by hand are the owner's."""
    monkeypatch.chdir(ROOT)
    done = _run("remove", "delay")
    assert (done.exit_code, "'neuralworks new' did not make 'delay'" in done.stderr) == (1, True)
