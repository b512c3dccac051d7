"""The command line: make ready, measure in rounds, write the report and, on request, the docs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError
from challenge_neuralworks.deploy.package import PackageError
from challenge_neuralworks.errors import NeuralworksError
from stress_test.peers import report as reports
from stress_test.peers.figures import verdicts
from stress_test.peers.roster import chosen
from stress_test.peers.servers import Load
from stress_test.target import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stress_test.peers.course import Plan
    from stress_test.peers.figures import Report

ROOT = Path(__file__).parents[2]
BOUNDS = {"rounds": (1, 50), "seconds": (1, 120), "connections": (1, 256), "rows": (1, 100_000)}
QUICK = {"rounds": 1, "seconds": 2}
WARM_UP_S = 2


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="stress_test.peers", description="The same model behind other systems.")
    options.add_argument("--rounds", type=int, default=5, help="each with everybody in it (default: %(default)s)")
    options.add_argument("--seconds", type=int, default=5, help="of load on each in a round (default: %(default)s)")
    options.add_argument("--connections", type=int, default=32, help="to a server, kept open (default: %(default)s)")
    options.add_argument("--rows", type=int, default=5_000, help="different ones, at most (default: %(default)s)")
    options.add_argument("--peers", default="", metavar="A,B", help="only these, and ours (default: everybody)")
    options.add_argument("--quick", action="store_true", help="one round of 2 s: a look, whose figures prove nothing")
    options.add_argument("--seed", type=int, default=42, help="of rows and orders (default: %(default)s)")
    options.add_argument("--check", action="store_true", help="exit with 1 when a claim does not hold or a peer fails")
    options.add_argument("--docs", action="store_true", help="write figures and plots into docs/ too")
    options.add_argument("--from-report", action="store_true", help="measure nothing: take the last report")
    options.add_argument("--reports", type=Path, default=ROOT / "reports" / "peers", help="(default: %(default)s)")
    options.add_argument("--cache", type=Path, default=ROOT / "build" / "peers", help="(default: %(default)s)")
    return options


def plan_of(arguments: argparse.Namespace) -> Plan:
    """Return what to do.

    Raises
    ------
    ValueError : an option is out of its bounds, or names no peer.
    """
    from stress_test.peers.course import Plan

    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(arguments, name) <= most:
            raise ValueError(f"--{name} is {getattr(arguments, name):,}, which must be from {least} to {most:,}")
    servers, functions = chosen(arguments.peers)
    rounds, seconds = (
        min(QUICK[name], getattr(arguments, name)) if arguments.quick else getattr(arguments, name)
        for name in ("rounds", "seconds")
    )
    load = Load(seconds, 1 if arguments.quick else WARM_UP_S, arguments.connections)
    return Plan(servers, functions, rounds, load, arguments.rows, arguments.cache.resolve(), arguments.seed)


def main(argv: Sequence[str] | None = None) -> int:
    """Run; return 0, 1 where ``--check`` finds a claim broken, 2 where nothing can be measured, 130 after Ctrl-C."""
    options = parser()
    arguments = options.parse_args(argv)
    try:
        plan = plan_of(arguments)
    except ValueError as error:
        options.error(str(error))
    try:
        report = reports.read(arguments.reports) if arguments.from_report else _run(plan)
        reports.write(report, arguments.reports)
        print(reports.told(report))
        if arguments.docs:
            reports.document(report, ROOT / "docs")
    except (BenchError, NeuralworksError, PackageError, Refused) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: nothing is left running, and no report was written", file=sys.stderr)
        return 130
    return broken(report) if arguments.check else 0


def broken(report: Report) -> int:
    """Return 1, and say why, where a claim does not hold, somebody was not measured or nobody was; else 0."""
    found = verdicts(report)
    reasons = [
        f"{one.bound.what}: {one.times:.1f} times, not {one.bound.times:g} ({one.peer})"
        for one in found
        if not one.holds
    ]
    reasons += [f"{name} was not measured: {reason}" for name, reason in report["skipped"].items()]
    reasons += [f"{one['name']} failed in round {one['round'] + 1}: {one['reason']}" for one in report["faults"]]
    if not found:
        reasons.append("nothing was compared")
    for reason in reasons:
        print(f"broken: {reason}", file=sys.stderr)
    return 1 if reasons else 0


def _run(plan: Plan) -> Report:
    from stress_test.peers.course import run
    from stress_test.peers.progress import Progress

    return run(plan, Progress())
