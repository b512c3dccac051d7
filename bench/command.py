"""The command line: measure, show the table, write the report."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.events import kinds
from bench.fetching import emulator_version, fetch_emulator
from bench.machine import facts
from bench.measurements import Effort, Measurements, measure, rows_of, to_json
from bench.rows import Row, broken
from bench.table import render
from challenge_neuralworks.deploy.package import PackageError

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "build" / "emulator"
FORMAT = 1
"""Version of the report's own layout."""


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="bench", description="Measure what the function costs, and on what.")
    options.add_argument("--rounds", type=positive, default=40, help="rounds of each measurement (default: 40)")
    options.add_argument("--quick", action="store_true", help="few rounds, for a look: figures that prove nothing")
    options.add_argument("--seed", type=int, default=42, help="of the order within each round (default: 42)")
    options.add_argument("--check", action="store_true", help="exit with 1 when a budget does not hold")
    options.add_argument("--output", type=Path, default=ROOT / "reports" / "bench.json", help="(default: %(default)s)")
    return options


def positive(text: str) -> int:
    """Return the number that an option states, 1 or more."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value


def effort_of(arguments: argparse.Namespace) -> Effort:
    """Return how much to measure."""
    rounds = min(5, arguments.rounds) if arguments.quick else arguments.rounds
    return Effort(rounds, memory_rounds=max(1, rounds // 8), traces=min(5, rounds), seed=arguments.seed)


def report(measured: Measurements, rows: Sequence[Row], effort: Effort) -> dict[str, Any]:
    """Return the report: what was measured on what, every row and every round."""
    return {
        "format": FORMAT,
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": facts(ROOT, emulator_version()),
        "effort": effort._asdict(),
        "rows": [{**row._asdict(), "within": row.within} for row in rows],
        "rounds": to_json(measured),
    }


def imports_text(measured: Measurements) -> str:
    """Return the dearest imports, one a line."""
    lines = [f"  {cost.own_ms:6.2f} ms  {cost.module}" for cost in measured.imports]
    return "\n".join(["Dearest imports, each without its own (traced, so slower than above):", *lines])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; return 0, 1 where ``--check`` finds a budget broken, 2 where nothing can be measured."""
    arguments = parser().parse_args(argv)
    effort = effort_of(arguments)
    try:
        measured = measure(ROOT, fetch_emulator(CACHE), effort)
    except (BenchError, PackageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    rows = rows_of(measured, kinds(ROOT))
    print(render(rows), imports_text(measured), sep="\n\n")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(report(measured, rows, effort), indent=1) + "\n", encoding="utf-8")
    return _verdict(rows, check=arguments.check)


def _verdict(rows: Sequence[Row], *, check: bool) -> int:
    over = broken(rows)
    for row in over:
        print(f"over budget: {row.what}", file=sys.stderr)
    return 1 if over and check else 0
