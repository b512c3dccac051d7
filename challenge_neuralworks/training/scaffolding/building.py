"""Making a new model: its modules, its training by the stages of dvc.yaml, what is derived; all of it or nothing."""

from __future__ import annotations

import importlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from challenge_neuralworks.training.checks.profile import write_profile
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.reporting import write_whole
from challenge_neuralworks.training.scaffolding import modules, normal, texts
from challenge_neuralworks.training.scaffolding.entries import entry_of, with_entry
from challenge_neuralworks.training.scaffolding.gates import measured_gates
from challenge_neuralworks.training.scaffolding.layout import is_in_place
from challenge_neuralworks.training.scaffolding.project import DERIVED, SHARED, made_by_stages, places
from challenge_neuralworks.training.scaffolding.record import Record, sha256_of_text, write_record
from challenge_neuralworks.training.scaffolding.removing import forget, take_away
from challenge_neuralworks.training.scaffolding.stages import stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from challenge_neuralworks.training.scaffolding.layout import Layout
    from challenge_neuralworks.training.scaffolding.planning import Plan
    from challenge_neuralworks.training.scaffolding.stages import Stage

FOLDERS = ("data/made", "data/raw", "data/reference", "data/interim", "data/processed", "reports")
"""Folders that may not be there yet."""


class Tools(Protocol):
    """What building needs of the command line."""

    def run(self, words: Sequence[str]) -> None:
        """Run a command of ``neuralworks``."""

    def answers(self, name: str) -> None:
        """Write the answers that stress tests expect of a model."""

    def commit(self, stages: Sequence[str]) -> None:
        """Tell DVC what the stages have read and written."""


def build(
    root: Path,
    plan: Plan,
    layout: Layout,
    tools: Tools,
    report: Callable[[str], None],
    without: Collection[str] = (),
) -> None:
    """Make a model: write, train, derive, and note what was made.

    Whatever goes wrong, also Ctrl-C, leaves the project as it was.

    Parameters
    ----------
    report : is told each step as it begins.
    without : stages that are left to `make train`, by their names without the model's.
    """
    shared = {path: (root / path).read_bytes() for path in SHARED if (root / path).is_file()}
    own = places(plan.name)
    files = dict.fromkeys([*layout.texts, own.reference, own.answers], "")
    files |= {} if is_in_place(root, plan) else {own.data: ""}
    folders = tuple(folder for folder in FOLDERS if not (root / folder).exists())
    begun = Record(plan.name, finished=False, files=files, folders=folders)
    try:
        # First of all, so that even a process that is killed leaves word of what it was doing.
        write_record(root, begun)
        _write(root, plan, layout, report)
        _train(root, plan, layout, tools, report, without)
        report("what is derived from all models")
        derive(tools)
        tools.answers(plan.name)
        write_record(root, _finished(root, begun, _entry(root, plan.name)))
    except BaseException:
        report(f"taking back what was made of {plan.name}")
        for path in (*files, *made_by_stages(plan.name)):
            take_away(root / path)
        for path, content in shared.items():
            (root / path).write_bytes(content)
        forget(root, begun)
        raise


def derive(tools: Tools) -> None:
    """Write anew what describes all models."""
    served, infra = DERIVED
    tools.run(["openapi", "--output", served])
    tools.run(["openapi", "--gateway", "--output", infra])


def _write(root: Path, plan: Plan, layout: Layout, report: Callable[[str], None]) -> None:
    report("modules, declarations and tests")
    own = places(plan.name)
    for path, content in layout.texts.items():
        write_whole(root / path, content)
    if not is_in_place(root, plan):
        (root / own.data).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(plan.data, root / own.data)
    write_profile(root / own.reference, normal.reference_of(plan, datetime.now(UTC).date().isoformat()))
    _enter(root, layout.entry)
    importlib.invalidate_caches()


def _train(
    root: Path,
    plan: Plan,
    layout: Layout,
    tools: Tools,
    report: Callable[[str], None],
    without: Collection[str],
) -> None:
    def wanted() -> list[Stage]:
        return [stage for stage in stages_of(root, plan.name) if stage.name.partition("@")[0] not in without]

    stages = wanted()
    for number, stage in enumerate(stages):
        report(f"stage {number + 1} of {len(stages)}: {stage.name}")
        # What a stage before it has measured is in params.yaml by now.
        for words in wanted()[number].commands:
            tools.run(words)
            if words[0] == "search":
                _note_choice(root, plan)
        if stage.name.startswith("evaluate@"):
            _note_gates(root, plan, layout)
    report("telling DVC")
    tools.commit([stage.name for stage in stages])


def _note_choice(root: Path, plan: Plan) -> None:
    path = root / "data" / "processed" / plan.name / "candidates.json"
    chosen = json.loads(path.read_text(encoding="utf-8"))["chosen"]
    write_whole(root / places(plan.name).recipe, modules.recipe_module(plan, chosen["name"], chosen["params"]))


def _note_gates(root: Path, plan: Plan, layout: Layout) -> None:
    evaluation = json.loads((root / "reports" / plan.name / "evaluation.json").read_text(encoding="utf-8"))
    gates = measured_gates(evaluation, plan.table.task.kind)
    file = places(plan.name).data.removeprefix("data/")
    _enter(root, texts.params_entry(plan, file, layout.limits, gates))


def _enter(root: Path, entry: str) -> None:
    path = root / "params.yaml"
    write_whole(path, with_entry(path.read_text(encoding="utf-8"), entry))


def _entry(root: Path, name: str) -> str:
    return entry_of((root / "params.yaml").read_text(encoding="utf-8"), name)


def _finished(root: Path, begun: Record, entry: str) -> Record:
    # Answers are written anew for each version, as all that stages make is.
    rewritten = {places(begun.name).answers}
    digests = {path: "" if path in rewritten else sha256_of(root / path) for path in begun.files}
    return begun._replace(finished=True, files=digests, entry=sha256_of_text(entry))
