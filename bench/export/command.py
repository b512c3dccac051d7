"""The command line: make the environment, measure, show the table, write the report and, on request, the docs."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.export.environment import BASE, GROUPS, prepare, run
from bench.export.report import believed, skipped, spreads, table
from bench.machine import facts

ROOT = Path(__file__).parents[2]
FORMAT = 1
"""Version of the report's own layout."""

SINGLES = 200
"""Rows that are asked one by one in a round, of which the median counts."""

BEGIN, END = "<!-- figures: written by python -m bench.export --docs -->", "<!-- end of figures -->"
PLOTS = {
    "export-row.svg": ("row_us", "one row, microseconds (less is better)"),
    "export-batch.svg": ("rows_per_s", "rows a second in batches of 1,000 (more is better)"),
}


class NoPlace(BenchError):
    """The page does not say where the figures go."""


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="bench.export", description="Measure exported scorers beside their peers.")
    options.add_argument(
        "--rounds", type=_positive, default=15, help="rounds of each measurement (default: %(default)s)"
    )
    options.add_argument("--seed", type=int, default=42, help="of the order within each round (default: %(default)s)")
    options.add_argument("--data", type=Path, default=ROOT / "data" / "dataset_SCL.csv", help="(default: %(default)s)")
    options.add_argument("--venv", type=Path, default=ROOT / "build" / "bench-export", help="(default: %(default)s)")
    options.add_argument("--docs", action="store_true", help="write the table and plots into docs/ too")
    options.add_argument(
        "--output", type=Path, default=ROOT / "reports" / "bench_export.json", help="(default: %(default)s)"
    )
    return options


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return 0, or 2 where nothing can be measured."""
    arguments = parser().parse_args(argv)
    try:
        report = measure(arguments)
        print(figures(report))
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        if arguments.docs:
            document(report, arguments.venv)
    except BenchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the report: what was measured on what, every round of it."""
    # Before the benchmark itself makes work.
    load_average = os.getloadavg()[0]
    missing = prepare(arguments.venv)
    task = {
        "rounds": arguments.rounds,
        "singles": SINGLES,
        "seed": arguments.seed,
        "data": str(arguments.data),
        "missing": {name: reason for name, reason in missing.items() if name != "plots"},
    }
    machine = {key: value for key, value in facts(ROOT, "").items() if key not in ("awslambdaric", "emulator")}
    measured = json.loads(run(arguments.venv, ROOT, "bench.export.worker", json.dumps(task)))
    return {
        "format": FORMAT,
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine,
        "load_average": load_average,
        "packages": sorted({*BASE, *(package for group in GROUPS.values() for package in group)}),
        "rounds": arguments.rounds,
        **measured,
    }


def figures(report: dict[str, Any]) -> str:
    """Return the table, and below it who is not in it and why."""
    families = believed(report["families"])
    return f"{table(families)}\n\n{skipped(families)}".rstrip()


def document(report: dict[str, Any], environment: Path, docs: Path = ROOT / "docs") -> None:
    """Write the figures and plots of a report into docs/.

    Raises
    ------
    NoPlace : the page does not say where the figures go.
    """
    page = docs / "export.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"{page} must hold {BEGIN} and, below it, {END}")
    _plot(believed(report["families"]), environment, docs)
    page.write_text(f"{before}{BEGIN}\n\n{_documented(report)}\n\n{END}{after}", encoding="utf-8")


def _plot(families: list[dict[str, Any]], environment: Path, docs: Path) -> None:
    plots = [
        {"path": str(docs / name), "label": label, "families": _values(families, metric)}
        for name, (metric, label) in PLOTS.items()
    ]
    run(environment, ROOT, "bench.export.plots", json.dumps({"plots": plots}))


def _documented(report: dict[str, Any]) -> str:
    machine = report["machine"]
    on = f"{machine['cores']} cores, {machine['system']} on {machine['architecture']}, Python {machine['python']}"
    busy = f"{report['rounds']} rounds, begun at a load average of {report['load_average']:.1f}"
    images = "\n".join(f"![{label}]({name})" for name, (_, label) in PLOTS.items())
    return f"{on}; {report['data']}; {busy}.\n\n{figures(report)}\n\n{images}"


def _values(families: list[dict[str, Any]], metric: str) -> list[dict[str, Any]]:
    return [
        {
            "family": family["family"],
            "values": {made["name"]: spreads(made)[metric].median for made in family["contenders"]},
        }
        for family in families
    ]
