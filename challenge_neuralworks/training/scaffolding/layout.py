"""What goes where: the files of a new model before any is written, and the refusal to overwrite one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.scaffolding import modules, normal, texts
from challenge_neuralworks.training.scaffolding.entries import entry_of
from challenge_neuralworks.training.scaffolding.project import SHARED, made_by_stages, places
from challenge_neuralworks.training.scaffolding.record import path_of

if TYPE_CHECKING:
    from challenge_neuralworks.training.checks.distribution import Limits
    from challenge_neuralworks.training.scaffolding.planning import Plan


class Layout(NamedTuple):
    """What goes where.

    texts : path -> content of each file that is written before training.
    limits : of the data checks.
    telling : columns that rank the rows so well alone that they may know the answer.
    entry : of params.yaml, without gates.
    """

    texts: dict[str, str]
    limits: Limits
    telling: tuple[str, ...]
    entry: str


def lay_out(plan: Plan) -> Layout:
    """Return what would be written for a plan, and where; nothing is written."""
    own, declared = places(plan.name), normal.declared_of(plan)
    limited = normal.limits_of(plan, normal.reference_of(plan, ""))
    file = own.data.removeprefix("data/")
    size, digest = plan.data.stat().st_size, sha256_of(plan.data)
    written = {
        own.model: modules.model_module(plan),
        own.recipe: modules.recipe_module(plan),
        own.declared: modules.declared_module(plan, declared),
        own.texts: texts.card_texts(plan, limited),
        own.dataset: texts.dataset_declaration(plan, file, size, digest, plan.rows + plan.unknown),
        own.tests: texts.model_tests(plan),
    }
    return Layout(written, limited.limits, tuple(limited.telling), texts.params_entry(plan, file, limited.limits))


def paths_of(plan: Plan, layout: Layout) -> tuple[str, ...]:
    """Return every path that is written or changed, in the order of a listing."""
    own, record = places(plan.name), path_of(Path(), plan.name).as_posix()
    stay = [path for path in made_by_stages(plan.name) if path.startswith(("models", "docs"))]
    return (*layout.texts, own.data, own.reference, own.answers, record, *stay, *SHARED)


def refuse_existing(root: Path, plan: Plan) -> None:
    """Refuse a name of which anything is there.

    Raises
    ------
    DataError : names what is there, and how to take it away.
    """
    own = places(plan.name)
    # The data may already be where they would go.
    mine = {own.data} if is_in_place(root, plan) else set()
    paths = [*(path for path in own if path not in mine), *made_by_stages(plan.name)]
    there = [path for path in paths if (root / path).exists()]
    if entry_of((root / "params.yaml").read_text(encoding="utf-8"), plan.name):
        there.append(f"params.yaml ({plan.name})")
    if path_of(root, plan.name).exists():
        raise DataError(f"there is a model {plan.name!r} already; 'neuralworks remove {plan.name}' takes it away")
    if there:
        raise DataError(f"{plan.name!r} cannot be made, for nothing is overwritten; already there: {', '.join(there)}")


def is_in_place(root: Path, plan: Plan) -> bool:
    """Return whether the data already lie where they would be copied to."""
    return plan.data.resolve() == (root / places(plan.name).data).resolve()
