"""A split's part of the page where there is no threshold; every number is in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.evaluation.pictures import importance
from challenge_neuralworks.training.reporting import Part, Table, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = {"rows": "rows", "error": "error", "error_low": "from", "error_high": "to"}
MISSING, TOO_FEW = "(missing)", "too few rows"


def plain_parts(split: dict[str, Any], report: dict[str, Any]) -> Sequence[Part]:
    """Return what the page shows of a split."""
    counts = f"{split['fitted_rows']:,} rows were fitted on, these {split['rows']:,} were not."
    parts: list[Part] = [Text(f"Split: {split['name']}", [split["about"], counts])]
    parts.append(_confusion(split, report["classes"]) if "confusion" in split else _errors(split))
    if split["importance"]:
        parts.append(importance(split, report["headline"]))
    return [*parts, *_slices(split, report)]


def _confusion(split: dict[str, Any], classes: Sequence[int | str]) -> Table:
    rows = [[str(label), *counts] for label, counts in zip(classes, split["confusion"], strict=True)]
    columns = ["of class", *(f"labelled {label}" for label in classes)]
    return Table(f"{split['name']}: labels", columns, rows, "The label is the likeliest class.")


def _errors(split: dict[str, Any]) -> Table:
    rows = [[line["share"], line["error"]] for line in split["errors"]]
    note = "The error is the prediction less the target."
    return Table(f"{split['name']}: errors", ["share of the rows", "error at most"], rows, note)


def _slices(split: dict[str, Any], report: dict[str, Any]) -> list[Part]:
    texts = [f"Error: {report['mistake']}.", report["slice_rule"]]
    tables: list[Part] = [Text(f"{split['name']}: slices", texts)]
    for field in dict.fromkeys(line["field"] for line in split["slices"]):
        rows = [
            [
                MISSING if line["value"] is None else line["value"],
                *(line[key] for key in COLUMNS),
                TOO_FEW if line["few"] else ", ".join(line["weak"]),
            ]
            for line in split["slices"]
            if line["field"] == field
        ]
        tables.append(Table(f"{split['name']}: {field}", ["value", *COLUMNS.values(), "weak"], rows))
    return tables
