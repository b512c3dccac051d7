"""The report of a data set's checks: JSON for machines, a page for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.checks.findings import DataRejected
from challenge_neuralworks.training.checks.profile import TARGET
from challenge_neuralworks.training.reporting import Picture, Table, Text, paired_bars, render, write_page, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from challenge_neuralworks.signature import Value
    from challenge_neuralworks.training.checks.check import DataReport
    from challenge_neuralworks.training.checks.findings import Finding
    from challenge_neuralworks.training.checks.profile import Profile
    from challenge_neuralworks.training.reporting import Part

VERSION = 1
"""Of data.json's form."""

JSON_FILE, PAGE_FILE = "data.json", "data.html"

MOST_BARS = 24
"""Bars of a picture; rarer categories are one bar, numbers of more values are cut into ranges."""

NUMBER_BARS = 12
NAMES = ("this data set", "reference")


def write_report(report: DataReport, folder: Path) -> Path:
    """Write data.json and data.html into a folder and return the page's path; the same report gives the same bytes."""
    write_whole(folder / JSON_FILE, json.dumps(to_json(report), ensure_ascii=False, indent=1) + "\n")
    write_page(folder / PAGE_FILE, page(report))
    return folder / PAGE_FILE


def refuse_failed(report: DataReport, page_path: object) -> None:
    """Let a data set pass whose checks all did.

    Raises
    ------
    DataRejected : a check failed; names the columns, and the report that says why.
    """
    if not report.passed:
        raise DataRejected(report.model, report.findings, page_path)


def to_json(report: DataReport) -> dict[str, Any]:
    """Return the report as JSON values; keys and the order of the checks are stable."""
    reference = report.reference
    return {
        "version": VERSION,
        "model": report.model,
        "source": report.source,
        "passed": report.passed,
        "rows": report.rows,
        "compared_rows": report.current.rows,
        "reference": {key: getattr(reference, key) for key in ("source", "made", "digest", "rows")},
        "limits": report.limits._asdict(),
        "failed": [f"{finding.check}: {finding.column}" for finding in report.failed],
        "checks": [finding.to_json() for finding in report.findings],
    }


def page(report: DataReport) -> str:
    """Return the report as one HTML page: what failed first, then each distribution, then every check."""
    parts: list[Part] = [_failures(report)]
    parts += [_distribution(name, report) for name in report.current.counts if name in report.reference.counts]
    rows = [("passed" if f.passed else "failed", f.check, f.column or "all", f.detail) for f in report.findings]
    parts.append(Table("Every check", ("outcome", "check", "column", "found"), rows))
    return render(f"Data checks: {report.model}", _lead(report), parts, passed=report.passed)


def _lead(report: DataReport) -> str:
    passed, ours, theirs = len(report.findings) - len(report.failed), report.current, report.reference
    return (
        f"{report.rows:,} rows of {report.source or report.model}: {passed} checks passed, {len(report.failed)} failed."
        f" Distributions: {ours.rows:,} rows beside {theirs.rows:,} others of {theirs.source or 'the reference'}."
    )


def _failures(report: DataReport) -> Part:
    if report.passed:
        return Text("What failed", ["Nothing."])
    rows = [
        (f.check, f.column or "all", f.detail, _values(f), ", ".join(map(str, f.lines)) or None, f.affected or None)
        for f in report.failed
    ]
    columns = ("check", "column", "found", "values (rows)", "first lines", "rows")
    return Table("What failed", columns, rows, "Lines are counted from 1, the header included.")


def _values(finding: Finding) -> str | None:
    return ", ".join(f"{'missing' if value is None else value} ({rows:,})" for value, rows in finding.values) or None


def _distribution(name: str, report: DataReport) -> Part:
    labels, ours, theirs = bars(report.current, report.reference, name)
    if not labels:
        return Text(name, ["No value can be shown."])
    found = [finding for finding in report.findings if finding.check == "distribution" and finding.column == name]
    title = "The target" if name == TARGET else name
    widest = max(range(len(labels)), key=lambda index: abs(ours[index] - theirs[index]))
    gap = f"The largest gap is at {labels[widest]}: {ours[widest]:.1%} and {theirs[widest]:.1%}."
    alt = f"{title}: share of the rows by value, beside the reference. {gap}"
    note = f"{found[0].detail[:1].upper()}{found[0].detail[1:]}. {gap}" if found else gap
    return Picture(title, paired_bars(labels, ours, theirs, NAMES), alt, note)


def bars(current: Profile, reference: Profile, name: str) -> tuple[list[str], list[float], list[float]]:
    """Return labels and the two samples' shares in [0, 1], few enough to be read."""
    ours, theirs = current.counts[name], reference.counts[name]
    group = _groups({**theirs, **ours}, ours, theirs)
    shares = []
    for side in (ours, theirs):
        total = sum(side.values()) or 1
        shares.append({label: sum(side.get(v, 0) for v in values) / total for label, values in group.items()})
    return list(group), list(shares[0].values()), list(shares[1].values())


def _groups(
    values: Mapping[Value, int], ours: Mapping[Value, int], theirs: Mapping[Value, int]
) -> dict[str, list[Value]]:
    numbers = sorted(value for value in values if isinstance(value, int | float))
    texts = sorted((v for v in values if isinstance(v, str)), key=lambda v: (-ours.get(v, 0) - theirs.get(v, 0), v))
    groups: dict[str, list[Value]] = {value: [value] for value in texts[:MOST_BARS]}
    if rare := texts[MOST_BARS:]:
        groups[f"{len(rare)} rarer ones"] = list(rare)
    if len(numbers) <= 2 * MOST_BARS:
        groups |= {f"{number:g}": [number] for number in numbers}
    else:
        width = -(-len(numbers) // NUMBER_BARS)
        for start in range(0, len(numbers), width):
            part = numbers[start : start + width]
            groups[f"{part[0]:g} to {part[-1]:g}"] = list(part)
    return groups | ({"missing": [None]} if None in values else {})
