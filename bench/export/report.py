"""The figures as a table for people: medians, and the middle half of the rounds."""

from __future__ import annotations

from typing import Any

from bench.spread import Spread, spread_of
from bench.table import number

COLUMNS = ("family", "served by", "load, ms", "one row, us", "middle half", "rows/s of 1,000", "KiB", "difference")
METRICS = ("load_ms", "row_us", "rows_per_s")


LARGEST_DIFFERENCE = 1e-3
"""Whose probabilities are further off has answered another question: its speed means nothing."""


def believed(families: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the families without the contenders whose answers are wrong, which are named among the skipped."""
    return [_believed(family) for family in families]


def _believed(family: dict[str, Any]) -> dict[str, Any]:
    wrong = {
        contender["name"]: f"its probabilities are off by up to {contender['difference']:.2g}"
        for contender in family["contenders"]
        if not contender["difference"] <= LARGEST_DIFFERENCE
    }
    kept = [contender for contender in family["contenders"] if contender["name"] not in wrong]
    return {**family, "contenders": kept, "skipped": {**family["skipped"], **wrong}}


def spreads(contender: dict[str, Any]) -> dict[str, Spread]:
    """Return the spread of each metric over a contender's rounds."""
    return {metric: spread_of([one[metric] for one in contender["rounds"]]) for metric in METRICS}


def table(families: list[dict[str, Any]]) -> str:
    """Return the Markdown table of all families, each contender a line."""
    lines: list[tuple[str, ...]] = [COLUMNS]
    for family in families:
        for index, contender in enumerate(family["contenders"]):
            lines.append((family["family"] if index == 0 else "", *_cells(contender)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    rule = "|".join("-" * (width + 2) if at < 2 else "-" * (width + 1) + ":" for at, width in enumerate(widths))
    texts = [_line(line, widths) for line in lines]
    return "\n".join([texts[0], f"|{rule}|", *texts[1:]])


def skipped(families: list[dict[str, Any]]) -> str:
    """Return who is not in the table, and why."""
    return "\n".join(
        f"- {family['family']}: no {name}, because {reason}"
        for family in families
        for name, reason in family["skipped"].items()
    )


def _cells(contender: dict[str, Any]) -> tuple[str, ...]:
    found = spreads(contender)
    row = found["row_us"]
    return (
        contender["name"],
        number(found["load_ms"].median),
        number(row.median),
        f"{number(row.low)} to {number(row.high)}",
        f"{found['rows_per_s'].median:,.0f}",
        number(contender["bytes"] / 1024),
        f"{contender['difference']:.0e}" if contender["difference"] else "0",
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [
        cell.ljust(width) if at < 2 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"
