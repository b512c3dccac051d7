"""The pipeline as dvc.yaml states it: its stages and their order, and that only what has changed is run again."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from challenge_neuralworks.cli import main
from tests.making import ROOT

yaml = pytest.importorskip("ruamel.yaml", reason="the extra 'train' is not installed")
DVC = Path(sys.executable).parent / "dvc"
STAGES = ("fetch", "preprocess", "check_data", "segregate", "train", "evaluate", "check_model", "track")
MODELS = tuple(yaml.YAML(typ="safe").load((ROOT / "params.yaml").read_text(encoding="utf-8"))["models"])
EVERY = [f"{stage}@{model}" for stage in STAGES for model in MODELS]

# What stands in for a command: it writes each output, from the words of the command and what it depends on.
STAND_IN = """
import hashlib, pathlib, sys
stage, outs, deps, *words = sys.argv[1:]
read = hashlib.sha256(" ".join(words).encode())
for dep in map(pathlib.Path, deps.split(",")):
    for path in sorted(dep.rglob("*.*")) if dep.is_dir() else [dep]:
        read.update(path.read_bytes())
for out in map(pathlib.Path, filter(None, outs.split(","))):
    is_file = out.suffix != ""
    (out.parent if is_file else out).mkdir(parents=True, exist_ok=True)
    (out if is_file else out / "made.txt").write_text(read.hexdigest(), encoding="utf-8")
with open("ran.txt", "a") as log:
    log.write(stage + chr(10))
sys.exit(pathlib.Path("fails", stage).exists())
"""


def _read(path: Path) -> Any:
    return yaml.YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _write(path: Path, content: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        yaml.YAML(typ="safe").dump(content, file)


class Project(NamedTuple):
    """A folder with a pipeline in it."""

    folder: Path

    def dvc(self, *arguments: str) -> str:
        """Return what DVC says."""
        environment = {**os.environ, "DVC_SITE_CACHE_DIR": str(self.folder.parent / "site"), "DVC_NO_ANALYTICS": "1"}
        command = [str(DVC), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=100
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ran(self) -> list[str]:
        """Return the stages that have run since this was last asked, in order."""
        log = self.folder / "ran.txt"
        ran = log.read_text(encoding="utf-8").split() if log.exists() else []
        log.unlink(missing_ok=True)
        return ran


def _outs(stage: dict[str, Any]) -> list[str]:
    made = [*stage.get("outs", []), *stage.get("metrics", [])]
    return [next(iter(one)) if isinstance(one, dict) else one for one in made]


def _with_stand_ins(pipeline: dict[str, Any]) -> dict[str, Any]:
    """Return the pipeline with each command's words handed to the stand-in."""
    for name, stage in pipeline["stages"].items():
        do = stage["do"]
        words = do["cmd"] if isinstance(do["cmd"], str) else " ".join(do["cmd"])
        outs, deps = ",".join(_outs(do)), ",".join(do["deps"])
        # Commands are the shell's: what is in a comma list has no spaces.
        do["cmd"] = f"{sys.executable} stand_in.py {name}@${{key}} '{outs}' {deps} {words}"
    return pipeline


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a folder without git that holds the pipeline's files and what it depends on, as empty as may be."""
    if not DVC.exists():
        pytest.skip("the extra 'pipeline' is not installed")
    folder = tmp_path_factory.mktemp("pipeline") / "project"
    folder.mkdir()
    project = Project(folder)
    project.dvc("init", "--no-scm", "-q")
    (folder / ".dvc" / "config").write_text((ROOT / ".dvc" / "config").read_text(encoding="utf-8"), encoding="utf-8")
    project.dvc("config", "core.no_scm", "true")
    shutil.copyfile(ROOT / "params.yaml", folder / "params.yaml")
    shutil.copyfile(ROOT / "dvc.yaml", folder / "dvc.yaml")
    for dep in _sources(_read(ROOT / "dvc.yaml")):
        path = folder / dep
        (path.parent if path.suffix else path).mkdir(parents=True, exist_ok=True)
        (path if path.suffix else path / "code.py").write_text("# A source.\n", encoding="utf-8")
    (folder / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
    return project


def _sources(pipeline: dict[str, Any]) -> Iterator[str]:
    """Yield each dependency that no stage makes."""
    params = _read(ROOT / "params.yaml")
    code = pipeline["vars"][0]["code"]
    for model in MODELS:
        made: set[str] = set()
        for stage in pipeline["stages"].values():
            filled = [_filled(one, model, code, params) for one in stage["do"]["deps"]]
            yield from (one for one in filled if one not in made)
            made.update(_filled(one, model, code, params) for one in _outs(stage["do"]))


def _filled(text: str, model: str, code: str, params: dict[str, Any]) -> str:
    file = params["models"][model]["file"]
    return text.replace("${key}", model).replace("${code}", code).replace("${item.file}", file)


def test_what_a_stage_depends_on_is_there() -> None:
    """A module that was renamed must not leave a stage that never runs again when it changes."""
    assert [dep for dep in _sources(_read(ROOT / "dvc.yaml")) if not (ROOT / dep).exists()] == []


def _commands(model: str) -> Iterator[list[str]]:
    """Yield the words of each command as DVC fills it for a model."""
    pipeline, params = _read(ROOT / "dvc.yaml"), _read(ROOT / "params.yaml")
    told = {f"${{item.{name}}}": value for name, value in params["models"][model].items()}
    for stage in pipeline["stages"].values():
        commands = stage["do"]["cmd"]
        for command in [commands] if isinstance(commands, str) else commands:
            text = _filled(command, model, "", params).replace("${seed}", str(params["seed"]))
            for name, value in told.items():
                text = text.replace(name, value)
            yield text.split()


@pytest.mark.parametrize("model", MODELS)
def test_each_command_is_understood(model: str) -> None:
    """Neither command nor option is misspelt, and click reads each value that params.yaml states."""
    seen = []
    for program, *words in _commands(model):
        assert program == "neuralworks"
        group = main.commands["data"] if words[0] == "data" else main
        assert isinstance(group, click.Group)
        name, *rest = words if group is main else words[1:]
        command = copy.deepcopy(group.commands[name])
        # Paths need not be there yet: what a stage is to read, the one before it makes.
        for parameter in command.params:
            if isinstance(parameter.type, click.Path):
                parameter.type = click.Path(path_type=Path)
        assert command.make_context(name, rest).params["model" if group is main else "name"] == model
        seen.append(name)
    names = ["fetch", "preprocess", "check-data", "segregate", "search", "train", "evaluate", "check-model", "track"]
    assert seen == names


def test_the_stages_are_those_of_the_layout_each_after_what_it_needs(started: Project) -> None:
    """For both models, as DVC itself reads the files; no stage of a model waits for one of the other."""
    assert started.dvc("stage", "list", "--name-only").split() == EVERY
    edges = set(re.findall(r'"(\w+@\w+)" -> "(\w+@\w+)"', started.dvc("dag", "--dot")))
    for model in MODELS:
        # Where a model is tracked leads nowhere: MLflow that is down keeps no model from being served.
        stages = [f"{stage}@{model}" for stage in STAGES if stage != "track"]
        assert set(pairwise(stages)) <= edges
        assert {edge for edge in edges if f"track@{model}" in edge} == {
            (f"{stage}@{model}", f"track@{model}") for stage in ("train", "evaluate")
        }
    assert {(first, second) for first, second in edges if first.partition("@")[2] != second.partition("@")[2]} == set()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_only_what_has_changed_is_run_again(started: Project) -> None:
    """Twice changes nothing; a parameter runs its stage and those behind it, for its model; a source likewise."""
    folder = started.folder
    _write(folder / "dvc.yaml", _with_stand_ins(_read(ROOT / "dvc.yaml")))
    started.dvc("repro", "-q")
    ran = started.ran()
    assert sorted(ran) == sorted(EVERY)
    for model in MODELS:
        stages = [name for name in ran if name.endswith(model)]
        assert stages[:6] == [f"{stage}@{model}" for stage in STAGES[:6]]
    lock, served = (folder / "dvc.lock").read_bytes(), (folder / "models" / "delay" / "made.txt").read_bytes()
    started.dvc("repro", "-q")
    assert started.ran() == []
    assert (folder / "dvc.lock").read_bytes() == lock

    params = _read(folder / "params.yaml")
    params["models"]["delay"]["evaluate"] = "--resamples 501 --repeats 5"
    _write(folder / "params.yaml", params)
    started.dvc("repro", "-q")
    first, *others = started.ran()
    assert (first, sorted(others)) == ("evaluate@delay", ["check_model@delay", "track@delay"])
    assert (folder / "models" / "delay" / "made.txt").read_bytes() != served

    (folder / "challenge_neuralworks" / "training" / "recipes" / "income.py").write_text(
        "# Changed.\n", encoding="utf-8"
    )
    started.dvc("repro", "-q")
    assert sorted(started.ran()) == sorted(f"{stage}@income" for stage in STAGES[3:])

    # As `make train` has it: a model that fails keeps neither its own run from being tracked nor the other model back.
    keep_going = re.search(r"dvc repro (\S+) \$\(ARGS\)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert keep_going
    (folder / "fails" / "check_model@delay").mkdir(parents=True)
    params["models"]["delay"]["check_model"] = "--least random_split.auc=0.9"
    params["models"]["income"]["check_model"] = "--least random_split.auc=0.5"
    _write(folder / "params.yaml", params)
    with pytest.raises(AssertionError, match="check_model@delay"):
        started.dvc("repro", keep_going[1])
    assert sorted(started.ran()) == sorted(f"{stage}@{model}" for stage in STAGES[6:] for model in ("delay", "income"))
    shutil.rmtree(folder / "fails")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_made_can_be_kept_elsewhere(started: Project, tmp_path: Path) -> None:
    """Pushed to a folder, thrown away with the cache, and pulled again: the same bytes, and nothing is run anew."""
    folder = started.folder
    _write(folder / "dvc.yaml", _with_stand_ins(_read(ROOT / "dvc.yaml")))
    started.dvc("repro", "-q")
    started.ran()
    interim = folder / "data" / "interim" / "delay.csv"
    made = interim.read_bytes()
    started.dvc("remote", "add", "-q", "-d", "elsewhere", str(tmp_path / "remote"))
    started.dvc("push", "-q")
    assert any(path.is_file() for path in (tmp_path / "remote").rglob("*"))
    shutil.rmtree(folder / ".dvc" / "cache")
    shutil.rmtree(folder / "data" / "interim")
    shutil.rmtree(folder / "data" / "processed")
    started.dvc("pull", "-q")
    assert interim.read_bytes() == made
    started.dvc("repro", "-q")
    assert started.ran() == []
