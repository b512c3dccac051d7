"""All of it or nothing: what breaks a build off leaves the project as before; `remove` takes away what was made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.scaffolding.building import build
from challenge_neuralworks.training.scaffolding.layout import lay_out, refuse_existing
from challenge_neuralworks.training.scaffolding.planning import Plan, plan
from challenge_neuralworks.training.scaffolding.project import places
from challenge_neuralworks.training.scaffolding.record import path_of, read_record
from challenge_neuralworks.training.scaffolding.removing import Edited, forget, plan_removal, remove
from tests.making import ROOT
from tests.training.scaffolding.test_planning import odd_file

pytest.importorskip("ruamel.yaml", reason="the extra 'pipeline' is not installed")

EVALUATION = {
    "splits": [
        {
            "name": "random_split",
            "metrics": {name: {"value": 0.5, "low": 0.4, "high": 0.6} for name in ("auc", "accuracy", "brier")},
        }
    ]
}
CHOSEN = {"chosen": {"name": "logistic regression", "params": {"predict__C": 1.0}}}
WRITES: dict[str, tuple[str, ...]] = {
    "data": (),
    "preprocess": ("data/interim/odd.csv",),
    "check-data": ("reports/odd/data.json",),
    "segregate": ("data/processed/odd/parts/train.csv",),
    "search": ("data/processed/odd/candidates.json",),
    "train": ("data/processed/odd/models/odd/manifest.json",),
    "evaluate": ("reports/odd/evaluation.json",),
    "check-model": ("models/odd/manifest.json", "docs/models/odd.md"),
    "openapi": ("docs/openapi.json", "infra/openapi.json.tftpl"),
}
"""Command -> what of the model ``odd`` it writes, in the order of the stages."""


class Stand:
    """Stands in for the command line: writes what each stage of the model ``odd`` would, and may be stopped at one."""

    def __init__(self, root: Path, stop_at: str = "", stop: Callable[[], None] = lambda: None) -> None:
        self.root = root
        self.stop_at = stop_at
        self.stop = stop
        self.ran: list[str] = []

    def run(self, words: Sequence[str]) -> None:
        """Write what a command would, or stop."""
        self.ran.append(words[0])
        for path in WRITES.get(words[0], ()):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(json.dumps({**CHOSEN, **EVALUATION}), encoding="utf-8")
        if words[0] == self.stop_at:
            self.stop()

    def answers(self, name: str) -> None:
        """Write the answers of a model."""
        (self.root / places(name).answers).parent.mkdir(parents=True, exist_ok=True)
        (self.root / places(name).answers).write_text("{}", encoding="utf-8")

    def commit(self, stages: Sequence[str]) -> None:
        """Note the stages in the lock."""
        with (self.root / "dvc.lock").open("a", encoding="utf-8") as lock:
            lock.writelines(f"  {stage}:\n    cmd: some\n" for stage in stages)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with those files of the project that a build changes."""
    folder = tmp_path / "project"
    for path in ("params.yaml", "dvc.yaml", "dvc.lock", "docs/openapi.json", "infra/openapi.json.tftpl"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the plan of a file outside the project."""
    return plan("odd", odd_file(tmp_path_factory.mktemp("data")), "passed")


def files(root: Path) -> dict[str, str]:
    """Return path -> SHA-256 of every file."""
    found = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _made(root: Path, odd: Plan) -> None:
    build(root, odd, lay_out(odd), Stand(root), lambda _: None)


def test_a_build_runs_the_stages_in_their_order(root: Path, odd: Plan) -> None:
    """Those of dvc.yaml; what the search chose and what was measured is stated, and the record names every source."""
    stand = Stand(root)
    build(root, odd, lay_out(odd), stand, lambda _: None)
    assert [word for word in dict.fromkeys(stand.ran) if word in WRITES] == list(WRITES)
    assert 'CHOSEN = "logistic regression"' in (root / places("odd").recipe).read_text(encoding="utf-8")
    assert "--least random_split.auc=0.4" in (root / "params.yaml").read_text(encoding="utf-8")
    record = read_record(root, "odd")
    assert record.finished
    assert {path for path, digest in record.files.items() if digest} == {*places("odd").sources, places("odd").data}
    assert "  check_model@odd:" in (root / "dvc.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize(("at", "error"), [*((at, KeyboardInterrupt) for at in WRITES), ("train", DataError)])
def test_whatever_breaks_it_off_leaves_nothing(root: Path, odd: Plan, at: str, error: type[BaseException]) -> None:
    """Ctrl-C and failures, at any stage: every file is as it was, and no other is left."""

    def stop() -> None:
        raise error(at)

    before = files(root)
    with pytest.raises(error, match=at):
        build(root, odd, lay_out(odd), Stand(root, at, stop), lambda _: None)
    assert files(root) == before
    assert not (root / "data" / "made").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from challenge_neuralworks.training.scaffolding.building import build
from challenge_neuralworks.training.scaffolding.layout import lay_out
from challenge_neuralworks.training.scaffolding.planning import plan
from tests.training.scaffolding.test_building import Stand
root, data, at = sys.argv[1:]
made = plan("odd", Path(data), "passed")
stand = Stand(Path(root), at, lambda: os.kill(os.getpid(), signal.SIGKILL))
build(Path(root), made, lay_out(made), stand, print)
"""


@pytest.mark.parametrize("at", ["evaluate"])
def test_what_a_killed_build_left_is_taken_away(root: Path, odd: Plan, at: str) -> None:
    """The record is written first: it says that the build did not end, and `remove` finds all of it."""
    before = files(root)
    command = [sys.executable, "-c", KILLED, str(root), str(odd.data), at]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False, timeout=100)
    assert done.returncode == -signal.SIGKILL
    with pytest.raises(DataError, match="there is a model 'odd' already; 'neuralworks remove odd' takes it away"):
        refuse_existing(root, odd)
    removal = plan_removal(root, "odd")
    assert (removal.record.finished, removal.edited) == (False, ())
    _take_away(root)
    assert files(root) == before


def test_what_was_made_is_taken_away(root: Path, odd: Plan) -> None:
    """Files, stages, entry; the file that it was made of is the owner's, and stays."""
    before = files(root)
    _made(root, odd)
    (root / "docs" / "openapi.json").write_bytes((ROOT / "docs" / "openapi.json").read_bytes())
    (root / "infra" / "openapi.json.tftpl").write_bytes((ROOT / "infra" / "openapi.json.tftpl").read_bytes())
    _take_away(root)
    assert files(root) == before
    assert odd.data.exists()


def _take_away(root: Path, *, force: bool = False) -> None:
    removal = plan_removal(root, "odd")
    remove(root, removal, force=force)
    forget(root, removal.record)


@pytest.mark.parametrize("path", [places("odd").model, places("odd").tests, places("odd").data, "params.yaml"])
def test_what_was_edited_is_not_taken_away_unasked(root: Path, odd: Plan, path: str) -> None:
    """It is named; with --force it goes too."""
    _made(root, odd)
    text = (root / path).read_text(encoding="utf-8")
    changed = text.replace("file: raw/odd.csv", "file: raw/other.csv") if path == "params.yaml" else f"{text}# Mine.\n"
    (root / path).write_text(changed, encoding="utf-8")
    made = files(root)
    with pytest.raises(Edited, match=path) as caught:
        _take_away(root)
    assert (len(caught.value.paths), files(root)) == (1, made)
    _take_away(root, force=True)
    assert not (root / places("odd").model).exists()
    assert not path_of(root, "odd").exists()


def test_retraining_is_no_edit(root: Path, odd: Plan) -> None:
    """Artifact, card and answers are written anew by the stages."""
    _made(root, odd)
    (root / places("odd").answers).write_text('{"version": 2}', encoding="utf-8")
    (root / "docs" / "models").mkdir(parents=True, exist_ok=True)
    (root / "docs" / "models" / "odd.md").write_text("# odd, again\n", encoding="utf-8")
    assert plan_removal(root, "odd").edited == ()


@pytest.mark.parametrize("path", [places("odd").model, places("odd").data, "models/odd/manifest.json"])
def test_nothing_is_overwritten(root: Path, odd: Plan, path: str) -> None:
    """Whatever of that name is there is named, and stays."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match=f"for nothing is overwritten; already there: .*{path.partition('/m')[0]}"):
        refuse_existing(root, odd)
    assert (root / path).read_text(encoding="utf-8") == "mine"


def test_data_that_are_in_place_stay_there(root: Path, tmp_path: Path) -> None:
    """A file that already lies where it would be copied to is the owner's."""
    (root / "data" / "raw").mkdir(parents=True)
    data = odd_file(tmp_path).rename(root / places("odd").data)
    odd = plan("odd", data, "passed")
    refuse_existing(root, odd)
    _made(root, odd)
    _take_away(root)
    assert data.exists()


def test_a_model_made_by_hand_is_not_taken_away(root: Path) -> None:
    """Nothing says what belongs to it."""
    with pytest.raises(DataError, match="'neuralworks new' did not make 'delay'"):
        plan_removal(root, "delay")
