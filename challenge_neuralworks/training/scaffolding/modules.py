"""The modules of a new model: short, readable, and meant to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.training.scaffolding import writing
from challenge_neuralworks.training.scaffolding.writing import call, class_name, literal, string, strings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenge_neuralworks.training.checks.declared import Declared
    from challenge_neuralworks.training.scaffolding.planning import Plan
    from challenge_neuralworks.training.tasks import Task


HELPERS = ("boosted", "columns_of", "constant", "linear", "pipeline_of")

FIRST = "boosted trees"
"""Candidate that a recipe names before a search has chosen one."""


def question(plan: Plan) -> str:
    """Return what the model answers, in a few words."""
    task, target = plan.table.task, plan.table.target
    if task.kind == "regression":
        return f"how much is {target}?"
    listed = ", ".join(map(str, task.classes[:5])) + (", ..." if len(task.classes) > 5 else "")
    return f"which {target}: {listed}?"


def answers(plan: Plan) -> str:
    """Return what a prediction of the model holds."""
    task = plan.table.task
    if task.kind == "regression":
        return f"the predicted {plan.table.target}"
    if task.kind == "binary":
        return f"P({task.classes[0]}), P({task.classes[1]})"
    return f"the probability of each of {len(task.classes)} classes"


def model_module(plan: Plan) -> str:
    """Return ``models/<name>.py``."""
    fields = "\n".join(f"        {writing.field(one, 8)}," for one in plan.fields)
    return f'''"""{_line(f"The {plan.name} model: {plan.table.target} out of {plan.data.name}.")}"""

from __future__ import annotations

from challenge_neuralworks.model import Model
from challenge_neuralworks.signature import Field


class {class_name(plan.name)}(Model):
    """{_line(f"Answers {answers(plan)} of one row.")}"""

    # Ranges are those of the data, and a quarter more on either side; categories are learned from the data.
    fields = (
{fields}
    )
'''


def recipe_module(plan: Plan, title: str = FIRST, params: Mapping[str, object] | None = None) -> str:
    """Return ``training/recipes/<name>.py``, for the candidate that a search has chosen."""
    name, task, table, model = plan.name, plan.table.task, plan.table, class_name(plan.name)
    made, folds = _task(task), "shuffled" if task.kind == "regression" else "stratified"
    rule = "Rule(wanted_recall=None)" if task.kind == "binary" else "None"
    imports = [
        f"from challenge_neuralworks.models.{name} import {model}",
        "from challenge_neuralworks.training.datasets import Table",
        "from challenge_neuralworks.training.recipes import Recipe",
        f"from challenge_neuralworks.training.searching.folds import {folds}",
        f"from challenge_neuralworks.training.searching.tabular import {', '.join(HELPERS)}",
        f"from challenge_neuralworks.training.tasks import {made.partition('(')[0]}",
    ]
    if task.kind == "binary":
        imports.append("from challenge_neuralworks.training.thresholds import Rule")
    stated = [f"{model}.fields", f"target={string(table.target)}", "task=TASK", f"missing={strings(table.missing)}"]
    stated += [f"delimiter={string(table.delimiter)}"] if table.delimiter != "," else []
    stated += [f"decimal={string(table.decimal)}"] if table.decimal != "." else []
    listed = ", ".join(f"{string(key)}: {literal(value)}" for key, value in (params or {}).items())
    lines = "\n".join(imports)
    return f'''"""How the {name} model is trained; docs/models/{name}.md shows what came of it."""

from __future__ import annotations

{lines}

TASK = {made}
TABLE = {call("Table", stated)}
COLUMNS = columns_of({model}.fields)
CANDIDATES = (constant(TASK), linear(TASK, COLUMNS), boosted(TASK, COLUMNS))

CHOSEN = {string(title)}
PARAMS: dict[str, object] = {{{listed}}}
"""What the search chose; `neuralworks search {name}` searches again."""

RECIPE = Recipe(
    model={model},
    description={string(description(plan))},
    title=CHOSEN,
    dataset="{name}",
    read=TABLE.read,
    pipeline=pipeline_of(CANDIDATES, CHOSEN, PARAMS),
    rule={rule},
    test_share=0.30,
    stratified={task.kind != "regression"},
    test_from_month=None,
    folds={folds}(3),
    candidates=CANDIDATES,
    task=TASK,
)
'''


def declared_module(plan: Plan, declared: Declared) -> str:
    """Return ``training/checks/declared/<name>.py``."""
    stated = [
        f"least_rows={declared.least_rows}",
        f"positive_share={declared.positive_share}",
        f"levels={_mapping(declared.levels)}",
        f"missing_share={_mapping(declared.missing_share)}",
        f"identical_share={declared.identical_share}",
        "moments=False",
    ]
    if declared.class_shares:
        stated.append(f"class_shares={call('', map(str, declared.class_shares), 4)}")
    if declared.target_range is not None:
        stated.append(f"target_range={declared.target_range}")
    lines = "\n".join(f"    {one}," for one in stated)
    return f'''"""What is normal in the data of {plan.name}: measured on {plan.rows:,} rows, with room to spare."""

from __future__ import annotations

from challenge_neuralworks.training.checks.declared import Declared

DECLARED = Declared(
{lines}
)
'''


def description(plan: Plan) -> str:
    """Return one sentence for the manifest."""
    return f"{plan.table.target}, predicted from {len(plan.fields)} fields of {plan.data.name}."


def _task(task: Task) -> str:
    if task.kind == "regression":
        return "REGRESSION"
    return call(task.kind, map(literal, task.classes))


def _mapping(entries: Mapping[str, object]) -> str:
    if not entries:
        return "{}"
    short = "{" + ", ".join(f"{string(key)}: {value}" for key, value in entries.items()) + "}"
    if len(short) < writing.WIDTH - 30:
        return short
    return "{\n" + "".join(f"        {string(key)}: {value},\n" for key, value in entries.items()) + "    }"


def _line(text: str) -> str:
    """Return text that may stand in a docstring of one line."""
    plain = " ".join(text.split()).replace("\\", "/").replace('"', "'")
    return plain if len(plain) < writing.WIDTH - 12 else f"{plain[: writing.WIDTH - 16]} ..."
