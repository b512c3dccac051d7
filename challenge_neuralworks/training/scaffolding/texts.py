"""What a new model says of itself beside its modules: declaration, card, tests, its entry in params.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.training.scaffolding.modules import question
from challenge_neuralworks.training.scaffolding.writing import class_name, string, toml_string, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.checks.distribution import Limits
    from challenge_neuralworks.training.scaffolding.normal import Limited
    from challenge_neuralworks.training.scaffolding.planning import Plan

FEW_CELLS = 200_000
"""Cells of a file below which starting processes takes longer than fitting."""


def dataset_declaration(plan: Plan, file: str, size: int, sha256: str, rows: int) -> str:
    """Return ``data/<name>.toml``: what the file is, and each of its columns.

    Parameters
    ----------
    file : where it is kept, under data/; rows : all of its rows.
    """
    reasons = {one.name: one.reason for one in plan.left_out}
    known = {field.name: field for field in plan.fields}
    parts = [
        f"# Declares the data of {plan.name}; `neuralworks data fetch {plan.name} --from PATH` brings the file.",
        f"name = {toml_string(plan.name)}",
        f"title = {toml_string(plan.data.name)}",
        'licence = "Not stated."',
        f"file = {toml_string(file)}",
        f"bytes = {size:_}",
        f'sha256 = "{sha256}"',
        f"rows = {rows:_}",
        "urls = []",
    ]
    for column in plan.columns:
        parts += ["", "[[columns]]", f"name = {toml_string(column)}"]
        if column == plan.table.target:
            parts += ['meaning = "The target."', 'known = "after"']
        elif column in known:
            parts.append(f"meaning = {toml_string(known[column].description)}")
        else:
            parts += ['meaning = "Left out."', f"quirk = {toml_string(_sentence(reasons[column]))}"]
    return "\n".join(parts) + "\n"


def card_texts(plan: Plan, limited: Limited) -> str:
    """Return ``training/cards/texts/<name>.py``; what nobody but the owner can say is left to the owner."""
    data = [f"- Rows of `{plan.data.name}`; the target is `{_quiet(plan.table.target)}`."]
    if plan.table.task.kind == "binary":
        data.append(f"- Class 1 of the figures below is `{plan.table.task.classes[1]}`.")
    elif plan.table.task.kind == "multiclass":
        data.append("- Classes are answered in the order in which the recipe lists them.")
    if plan.unknown:
        data.append(f"- {plan.unknown:,} rows do not state the target and were left out.")
    data += [f"- `{_quiet(one.name)}` is no field: {_quiet(one.reason)}." for one in plan.left_out]
    data += [
        f"- `{_quiet(name)}` alone ranks unseen rows with an AUC of {auc:.3f}: is it known before the answer is?"
        for name, auc in limited.telling.items()
    ]
    making = (
        "- Made by `neuralworks new`: a linear model and boosted trees were compared by cross validation, and the"
        " better one is served."
    )
    limits = "- Rows unlike those of the file: ranges are those seen and a quarter more on either side."
    return f'''"""What the card of the {plan.name} model says beside its figures."""

from __future__ import annotations

from challenge_neuralworks.training.cards.declaration import Declaration

DECLARATION = Declaration(
    title={string(question(plan))},
    used_for="""
- Not stated yet: say it here.
""",
    not_for="""
- Decisions about people, before somebody has looked at whom it could harm.
""",
    data="""
{_block(data)}
""",
    making="""
{_block([making])}
""",
    limits="""
{_block([limits])}
""",
    ethics="""
- Not stated yet: whom a wrong answer could harm, and how.
""",
)
'''


def model_tests(plan: Plan) -> str:
    """Return ``tests/models/test_<name>.py``."""
    name, model, task = plan.name, class_name(plan.name), plan.table.task
    if task.kind == "regression":
        meaning, checked = "A number", "    assert len(prediction) == 1"
    else:
        meaning = f"{len(task.classes)} probabilities that add up to 1"
        checked = (
            f"    assert len(prediction) == len(served.classes) == {len(task.classes)}\n"
            "    assert sum(prediction) == pytest.approx(1.0, abs=1e-9)"
        )
    return f'''"""The {name} model as it is committed."""

from __future__ import annotations

import pytest

from challenge_neuralworks.model import Model
from challenge_neuralworks.models.{name} import {model}
from challenge_neuralworks.store.folder import load_model
from challenge_neuralworks.testing import check_model
from tests.making import ROOT


@pytest.fixture(scope="module")
def served() -> Model:
    """Return the committed model, as a server loads it."""
    return load_model("{name}", str(ROOT / "models" / "{name}"))


def test_it_conforms() -> None:
    """The whole suite, on what is served."""
    assert check_model("{name}", str(ROOT / "models")).passed


def test_it_takes_what_it_declares(served: Model) -> None:
    """The fields of the module are those of the manifest, and a field more or less is a fault."""
    example = served.signature.example()
    assert [field.name for field in {model}.fields] == list(served.signature.names)
    assert served.signature.faults(example) == ()
    assert len(served.signature.faults({{**example, "no such field": 1}})) == 1
    assert len(served.signature.faults({{}})) == len({model}.fields)


def test_it_answers(served: Model) -> None:
    """{meaning}, for its own example."""
    prediction = served.predict(served.check([served.signature.example()]).rows[0])
{checked}


def test_the_scorer_is_the_pipeline(served: Model) -> None:
    """Proven on the rows of the data when it was sealed."""
    assert served.artifact.manifest.metrics["export"]["max_difference"] <= 1e-12


def test_the_card_is_of_this_model(served: Model) -> None:
    """It names the version that is served."""
    assert f"Version `{{served.version}}`" in (ROOT / "docs" / "models" / "{name}.md").read_text(encoding="utf-8")
'''


def params_entry(plan: Plan, file: str, limits: Limits, gates: Sequence[str] = ()) -> str:
    """Return the model's entry in params.yaml, its lines indented by two.

    Parameters
    ----------
    gates : options of check-model, such as ``--least random_split.auc=0.9``.
    """
    jobs = " --jobs 1" if plan.rows * len(plan.columns) < FEW_CELLS else ""
    checks = f"--alpha {limits.alpha:g} --ks {limits.ks:g} --v {limits.cramers_v:g} --auc {limits.auc:g}"
    lines = [
        f"  {plan.name}:",
        f"    file: {file}",
        f"    check_data: {checks}",
        f"    search: --fits 60{jobs}",
        f"    evaluate: --resamples 500 --repeats 5{jobs}",
    ]
    lines += ["    check_model: >-", *(f"      {gate}" for gate in gates)] if gates else ['    check_model: ""']
    return "\n".join(lines) + "\n"


def _block(lines: Sequence[str]) -> str:
    # The text stands between three quotes.
    plain = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    return "\n".join(wrapped(line).replace("\n", "\n  ") for line in plain)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _quiet(text: str) -> str:
    return text.replace("`", "'")
