"""Data sets that pass, and faults to plant in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from challenge_neuralworks.models import model_class
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.checks import DataReport, Finding, Profile, read_profile
from challenge_neuralworks.training.datasets import Examples
from tests.making import ROOT


def accepted(name: str) -> Profile:
    """Return the reference that the project holds for a data set."""
    return read_profile(ROOT / "data" / "reference" / f"{name}.json")


def people(rows: int = 6_000, seed: int = 3) -> Examples:
    """Return people that never lived: each field drawn by itself from the accepted counts."""
    draw, reference = random.Random(seed), accepted("income")

    def column(name: str) -> list[Any]:
        return draw.choices([*reference.counts[name]], [*reference.counts[name].values()], k=rows)

    columns = {field.name: column(field.name) for field in model_class("income").fields}
    made: list[Row] = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return Examples(made, column("target"))


def change(examples: Examples, name: str, to: Callable[[Any], Any], lines: Iterable[int] | None = None) -> Examples:
    """Return examples with a field changed in all rows, or in those on these lines of the file."""
    chosen = None if lines is None else {line - 2 for line in lines}
    rows: list[Row] = [
        {**row, name: to(row.get(name))} if chosen is None or index in chosen else dict(row)
        for index, row in enumerate(examples.rows)
    ]
    return examples._replace(rows=rows)


def disguise(examples: Examples, name: str, classes: tuple[Any, Any]) -> Examples:
    """Return examples with a field that tells the target under other names."""
    rows: list[Row] = [
        {**row, name: classes[int(value)]} for row, value in zip(examples.rows, examples.target, strict=True)
    ]
    return examples._replace(rows=rows)


def failed(report: DataReport) -> dict[tuple[str, str], Finding]:
    """Return the failed checks by name and column."""
    return {(finding.check, finding.column): finding for finding in report.failed}
