"""``neuralworks track``: what it finds, what it says, and that nobody else pays for MLflow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.cli import main
from challenge_neuralworks.registry.connecting import OURS, VARIABLE, shown
from challenge_neuralworks.registry.models import open_registry
from tests.making import ROOT
from tests.registry.trainings import sealed_toy

VERSION = read_manifest(str(ROOT / "models" / "delay")).version

# As outside of tests and CI, where MLflow would tell its makers what it is used for.
IMPORTED = """
import os, sys
from challenge_neuralworks.cli import main
from challenge_neuralworks.registry import connecting, models, record, tracking
import challenge_neuralworks.cli.track
print("mlflow" in sys.modules)
connecting.connect("http://127.0.0.1:1")
from mlflow.telemetry.utils import is_telemetry_disabled
from mlflow.telemetry.client import get_telemetry_client
print("mlflow" in sys.modules, is_telemetry_disabled(), get_telemetry_client())
"""
NOT_OUTSIDE = {"CI", "PYTEST_CURRENT_TEST", "GITHUB_ACTIONS", *OURS}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder like a fresh clone's, which is the current one; MLflow is where it is by default."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("models", "docs", "params.yaml"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "data").mkdir()
    (folder / "data" / "delay.toml").symlink_to(ROOT / "data" / "delay.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv(VARIABLE, raising=False)
        yield folder


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, ["track", *words], prog_name="neuralworks")


def test_a_clone_tracks_what_it_serves_once(clone: Path) -> None:
    """The committed model with the figures of its card, held to its gates; the second time nothing is made."""
    first = _run("delay")
    assert first.exit_code == 0, first.output
    registered = f"registered as delay/1 {VERSION} @candidate, in sqlite:///{clone / 'mlflow.db'}"
    assert first.stdout.startswith(f"delay {VERSION}: run ")
    assert first.stdout.endswith(f", {registered}\n")
    again = _run("delay")
    assert again.stdout == first.stdout.replace(": run ", ": tracked already as run ")
    run = open_registry().client.get_run(first.stdout.split()[3].strip(","))
    assert run.data.metrics["gates/passed"] == 7
    assert run.data.tags["data.sha256"] == read_manifest("models/delay").trained["data"]["sha256"]
    assert Path("mlflow.db").is_file()
    assert list(Path("mlruns").rglob(f"delay-{VERSION}.pkl"))


def test_a_missed_gate_is_told_and_tracked(clone: Path) -> None:
    """Each that is missed, and the command has done what it is for: it is `check-model` that fails."""
    stated = (clone / "params.yaml").read_text(encoding="utf-8")
    (clone / "params.yaml").unlink()
    for gate, stricter in (("split.auc=0.73", "split.auc=0.8"), ("split.f1=0.35", "split.f1=0.5")):
        stated = stated.replace(gate, stricter)
    (clone / "params.yaml").write_text(stated, encoding="utf-8")
    done = _run("delay")
    assert done.exit_code == 0, done.output
    *missed, last = done.stdout.splitlines()
    assert missed == [
        "  missed: random_split.auc is 0.735937, 0.8 at least",
        "  missed: random_split.f1 is 0.438045, 0.5 at least",
    ]
    assert f", not registered: it missed its gates, in sqlite:///{clone / 'mlflow.db'}" in last


@pytest.mark.usefixtures("clone")
def test_what_was_not_measured_passes_no_gate(tmp_path: Path) -> None:
    """A model with neither line nor evaluation is held to the conformance suite alone; with gates it misses them."""
    sealed_toy(tmp_path, "toy")
    done = _run("toy", "--made", str(tmp_path))
    assert "registered as toy/1" in done.stdout, done.output
    Path("params.yaml").write_text("models:\n  toy:\n    check_model: --least random_split.auc=0.7\n", encoding="utf-8")
    done = _run("toy", "--made", str(tmp_path))
    assert done.stdout.startswith("  missed: nothing was measured to hold 1 gates to; 'neuralworks evaluate toy'")


@pytest.mark.usefixtures("clone")
def test_a_failure_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such model, an evaluation of another one, a server that is not there, MLflow that is not installed."""
    done = _run("nobody")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nobody" in done.stderr
    done = _run("delay", "--evaluation", str(ROOT / "docs" / "models" / "income.json"))
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: the evaluation is not of delay {VERSION}: random_split.")
    monkeypatch.setenv(VARIABLE, "http://someone:secret@127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    done = _run("delay")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: MLflow cannot be used at http://someone:...@127.0.0.1:1: ")
    assert "secret" not in done.output
    monkeypatch.setitem(sys.modules, "mlflow", None)
    done = _run("delay")
    assert (done.exit_code, done.stderr) == (
        1,
        "error: MLflow is not installed: pip install '.[registry]' in the project's folder\n",
    )


def test_a_password_is_not_shown() -> None:
    """Of a server or of a database; an address without one is shown as it is."""
    assert shown("postgresql+psycopg2://me:secret@db:5432/mlflow") == "postgresql+psycopg2://me:...@db:5432/mlflow"
    assert shown("http://127.0.0.1:5000") == "http://127.0.0.1:5000"
    assert shown("sqlite:///mlflow.db") == "sqlite:///mlflow.db"


def test_mlflow_is_imported_when_it_is_used_and_then_tells_nobody() -> None:
    """Neither the commands nor this room import it; once imported, its telemetry is off and has no client."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OUTSIDE}
    command = [sys.executable, "-W", "ignore", "-c", IMPORTED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.stdout.splitlines() == ["False", "True True None"], done.stderr
