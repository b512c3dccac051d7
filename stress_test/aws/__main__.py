"""``python -m stress_test.aws``: how a small account fails, the plan that avoids it, and whether the plan is right."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.store import FolderStore
from stress_test.aws.account import Account, Throttle, hosted
from stress_test.aws.counting import Run, counted
from stress_test.aws.foretelling import CASES, disagreements, foretell
from stress_test.aws.report import Simulation, told, write
from stress_test.aws.sending import random_arrivals, send
from stress_test.children import end_well
from stress_test.rows import draw_rows
from stress_test.target import Refused
from stress_test.traffic import draw_traffic

if TYPE_CHECKING:
    from challenge_neuralworks.deploy.capacity.plan import Plan
    from challenge_neuralworks.model import Model
    from stress_test.exchanges import Exchange

REFUSED = 2
BOUNDS = {
    "rps": (1, 5_000),
    "seconds": (0.5, 600),
    "check_seconds": (0, 600),
    "concurrency": (1, 1_000),
    "service_ms": (1, 29_000),
    "cold_ms": (1, 29_000),
    "plan_rate": (1, 10_000),
    "plan_burst": (1, 10_000),
}


def main(arguments: list[str] | None = None) -> int:
    """Simulate as the arguments say; return 0 only where all was as the plan foretold."""
    options = _options(arguments)
    try:
        return _simulate(options)
    except (Refused, NeuralworksError) as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stress_test.aws", description=__doc__)
    add = parser.add_argument
    add("--rps", type=float, default=1_111.0, help="requests a second, arriving at random (%(default)s)")
    add("--seconds", type=float, default=45.0, help="of each run (%(default)s)")
    add("--concurrency", type=int, default=10, help="of the account that fails (%(default)s)")
    add("--service-ms", type=float, default=143.0, help="that its first function takes for a request (%(default)s)")
    add("--cold-ms", type=float, default=3_300.0, help="that its new environments take before (%(default)s)")
    add("--memory-mb", type=int, default=512, help="of this project's function, for the plan (%(default)s)")
    add("--plan-rate", type=int, default=Throttle().rate, help="requests a second of the usage plan (%(default)s)")
    add("--plan-burst", type=int, default=Throttle().burst, help="of the usage plan (%(default)s)")
    add("--check-seconds", type=float, default=6.0, help="of each case the plan is put to, 0 for none (%(default)s)")
    add("--tolerance", type=float, default=0.05, help="by which share answers may differ from foretold (%(default)s)")
    add("--max-late-ms", type=float, default=50.0, help="99 in 100 requests are sent that late at most (%(default)s)")
    add("--model", default="delay", help="which model to ask (%(default)s)")
    add("--models-dir", default="models", help="artifacts that are served, and know the right answers (%(default)s)")
    add("--serve", default="", help="artifacts that are served instead")
    add("--rows", type=int, default=2_000, help="different rows, at most (%(default)s)")
    add("--seed", type=int, default=1, help="of arrivals and traffic (%(default)s)")
    add("--reports", type=Path, default=Path("reports/stress"), help="folder for reports (%(default)s)")
    options = parser.parse_args(arguments)
    for name, (least, most) in BOUNDS.items():
        value = getattr(options, name)
        if not least <= value <= most:
            parser.error(f"--{name.replace('_', '-')} is {value:g}, which must be from {least:g} to {most:,}")
    return options


def _simulate(options: argparse.Namespace) -> int:
    model = FolderStore(options.models_dir).get(options.model)
    rows = draw_rows(model, options.rows, options.seed)
    exchanges = draw_traffic([model], {model.name: rows}, options.seed)["single"]
    made = _plan(options, model)
    shown = [_run(options, account, options.rps, options.seconds, exchanges) for account in _accounts(options, made)]
    cases = CASES if options.check_seconds else ()
    checks = [_run(options, account, rps, options.check_seconds, exchanges) for rps, account in cases]
    failed = [reason for run in (*shown, *checks) for reason in _reasons(run, options)]
    found = Simulation(shown, checks, made, failed, options.tolerance)
    write(options.reports, found)
    print(told(found))
    return 1 if failed else 0


def _plan(options: argparse.Namespace, model: Model) -> Plan:
    from challenge_neuralworks.deploy.capacity.demand import Wish
    from challenge_neuralworks.deploy.capacity.plan import plan
    from challenge_neuralworks.deploy.capacity.service_time import measure
    from challenge_neuralworks.serving import build
    from challenge_neuralworks.settings import Settings

    settings = Settings(models_dir=options.models_dir)
    measured = measure(lambda: build(settings), model.name, [dict(model.signature.example())])
    return plan(Wish(options.rps, None, options.memory_mb, options.concurrency), measured, "arm64")


def _accounts(options: argparse.Namespace, made: Plan) -> tuple[Account, Account, Account]:
    throttle = Throttle(options.plan_rate, options.plan_burst)
    first = Account("slow function", options.concurrency, options.service_ms, options.cold_ms, throttle)
    ours = Account("this function", options.concurrency, made.needed.duration_ms, made.needed.cold_ms, throttle)
    return first, ours, ours._replace(name="as planned", concurrency=made.needed.concurrency)


def _run(options: argparse.Namespace, account: Account, rps: float, seconds: float, exchanges: list[Exchange]) -> Run:
    due = random_arrivals(rps, seconds, options.seed)
    print(f"{account.name}: concurrency {account.concurrency:,}, {len(due):,} requests in {seconds:g} s", flush=True)
    with hosted(account, options.serve or options.models_dir) as loaded:
        sent = send(loaded, exchanges, due, account.concurrency)
    return counted(account, rps, seconds, foretell(account, rps, seconds).answers, exchanges, sent)


def _reasons(run: Run, options: argparse.Namespace) -> list[str]:
    late_ms = run.late_ms["p99"]
    late = [f"{run.account.name}: one request in a hundred was sent over {late_ms:g} ms late"]
    return disagreements(run, options.tolerance) + (late if late_ms > options.max_late_ms else [])


if __name__ == "__main__":
    end_well()
    sys.exit(main())
