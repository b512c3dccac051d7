"""The options of a run; each may be set by an environment variable, too."""

from __future__ import annotations

import argparse
import os

from stress_test.plan import WEIGHTS, Plan, Thresholds, check_plan, read_weights
from stress_test.shapes import SHAPES

LIMITS = Thresholds()
REPORTS = "reports/stress"


def read_options(arguments: list[str] | None = None) -> tuple[argparse.Namespace, list[str]]:
    """Return the options, and those that are Locust's own."""
    parser = argparse.ArgumentParser(
        prog="python -m stress_test",
        description="Load an API with Locust and check every answer. Other options are passed on to Locust.",
        epilog="Every option may be set by a variable, too: --max-p99-ms by STRESS_MAX_P99_MS.",
        allow_abbrev=False,
    )
    _add_target(parser)
    _add_load(parser)
    _add_thresholds(parser)
    _read_variables(parser)
    return parser.parse_known_args(arguments)


def plan_of(options: argparse.Namespace) -> Plan:
    """Return the plan that options state.

    Raises
    ------
    ValueError : an option is out of its bounds; names it.
    """
    shape = SHAPES[options.shape]
    plan = Plan(
        shape=options.shape,
        users=options.users or shape.users,
        time_s=options.time or shape.time_s,
        rate=shape.rate if options.rate is None else options.rate,
        weights=read_weights(options.weights),
        thresholds=Thresholds(options.max_p50_ms, options.max_p99_ms, options.max_error_rate, options.min_right_per_s),
        rows=options.rows,
        requests=options.requests,
        models_dir=os.path.abspath(options.models_dir),  # noqa: PTH100 - a text for JSON
        reports=os.path.abspath(options.reports),  # noqa: PTH100 - as above
        seed=options.seed,
    )
    check_plan(plan)
    return plan


def _add_target(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is loaded")
    group.add_argument("--host", default="", help="URL of an API; without one a local gateway is started")
    group.add_argument("--models-dir", default="models", help="artifacts that know the right answers (%(default)s)")
    group.add_argument("--serve", default="", help="artifacts of the gateway that is started (those of --models-dir)")


def _add_load(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("load")
    shapes = "; ".join(f"{name}: {s.what}, {s.users:,} for {s.time_s} s" for name, s in SHAPES.items())
    group.add_argument("--shape", choices=SHAPES, default="steady", help=f"{shapes} (%(default)s)")
    group.add_argument("--users", type=int, help="most users at a time (the shape's)")
    group.add_argument("--time", type=int, help="seconds (the shape's)")
    group.add_argument("--rate", type=float, help="requests a second of each user, 0 for no pause (the shape's)")
    weights = ",".join(f"{kind}={weight}" for kind, weight in WEIGHTS.items())
    group.add_argument("--weights", default="", help=f"of the kinds of users, any of {weights}")
    group.add_argument("--rows", type=int, default=5_000, help="different rows a model, at most (%(default)s)")
    group.add_argument("--requests", type=int, default=1_000_000, help="end after so many in any case (%(default)s)")
    group.add_argument("--processes", type=int, default=1, help="of Locust, -1 for one a core (%(default)s)")
    group.add_argument("--seed", type=int, default=1, help="of the traffic (%(default)s)")
    group.add_argument("--ui", action="store_true", help="Locust's page, for this machine only, instead of a run")
    group.add_argument("--ui-port", type=int, default=8089, help="port of the page (%(default)s)")
    group.add_argument("--reports", default=REPORTS, help="folder for reports (%(default)s)")


def _add_thresholds(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "thresholds", "A run that breaks one ends with status 1; wrong answers always do."
    )
    group.add_argument("--max-p50-ms", type=float, default=LIMITS.p50_ms, help="median (%(default)s)")
    group.add_argument("--max-p99-ms", type=float, default=LIMITS.p99_ms, help="99th percentile (%(default)s)")
    group.add_argument("--max-error-rate", type=float, default=LIMITS.error_rate, help="0 to 1 (%(default)s)")
    group.add_argument("--min-right-per-s", type=float, default=LIMITS.right_per_s, help="right answers (%(default)s)")


def _read_variables(parser: argparse.ArgumentParser) -> None:
    names = [action.dest for action in parser._actions if action.option_strings and action.nargs != 0]  # noqa: SLF001
    stated = {name: os.environ.get(f"STRESS_{name.upper()}", "") for name in names}
    # argparse converts a default that is text, as it would an argument.
    parser.set_defaults(**{name: value for name, value in stated.items() if value})
