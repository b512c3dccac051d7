"""``python -m stress_test.wrk``: 50,000 right answers, and how long they take; or how many come in 45 seconds."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.store import FolderStore
from stress_test.children import end_well
from stress_test.plan import KEY_VARIABLE, Thresholds
from stress_test.rows import draw_rows
from stress_test.target import Refused, target
from stress_test.verdict import as_json, reasons, table
from stress_test.wrk.running import Run, run

REFUSED = 2
MOST_S = 600


def main(arguments: list[str] | None = None) -> int:
    """Run as the arguments say; return 0 only where every answer was right and each limit held."""
    options = _options(arguments)
    # "Exactly so many" needs a time at which it is given up; a time alone needs no number.
    asked = Run(0 if options.seconds else options.requests, options.seconds or MOST_S, options.connections)
    try:
        return _run(options, asked)
    except (Refused, NeuralworksError) as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stress_test.wrk", description=__doc__)
    parser.add_argument("--host", default="", help="URL of an API; without one a local gateway is started")
    parser.add_argument("--requests", type=int, default=50_000, help="right answers to wait for (%(default)s)")
    parser.add_argument("--seconds", type=int, default=0, help="instead: as many as come in so many seconds, up to 600")
    parser.add_argument("--connections", type=int, default=32, help="kept open, up to 256 (%(default)s)")
    parser.add_argument("--model", default="delay", help="which model to ask (%(default)s)")
    parser.add_argument("--models-dir", default="models", help="artifacts that know the right answers (%(default)s)")
    parser.add_argument("--serve", default="", help="artifacts of the gateway that is started (those of --models-dir)")
    parser.add_argument("--rows", type=int, default=20_000, help="different rows, at most (%(default)s)")
    parser.add_argument("--max-p99-ms", type=float, default=Thresholds().p99_ms, help="99th percentile (%(default)s)")
    parser.add_argument("--min-right-per-s", type=float, default=0.0, help="right answers (%(default)s)")
    parser.add_argument("--reports", type=Path, default=Path("reports/stress"), help="folder for reports (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the traffic (%(default)s)")
    options = parser.parse_args(arguments)
    for name, most in (("requests", 10**7), ("seconds", MOST_S), ("connections", 256), ("rows", 10**6)):
        if not (0 if name == "seconds" else 1) <= getattr(options, name) <= most:
            parser.error(f"--{name} is {getattr(options, name):,}, which must be up to {most:,}")
    return options


def _run(options: argparse.Namespace, asked: Run) -> int:
    model = FolderStore(options.models_dir).get(options.model)
    rows = draw_rows(model, options.rows, options.seed)
    with target(options.host, os.environ.get(KEY_VARIABLE, ""), options.serve or options.models_dir) as loaded:
        what = f"{asked.seconds} seconds" if options.seconds else f"{asked.requests:,} right answers"
        print(f"{what}, {asked.connections} connections, {len(rows):,} different rows, on {loaded.url}", flush=True)
        outcome, example = run(model, rows, loaded, asked)
    failed = reasons(outcome, Thresholds(float("inf"), options.max_p99_ms, 0.0, options.min_right_per_s))
    if outcome.right < asked.requests:
        failed.append(f"{outcome.right:,} right answers came, not {asked.requests:,}")
    name = "wrk-seconds.json" if options.seconds else "wrk-requests.json"
    options.reports.mkdir(parents=True, exist_ok=True)
    (options.reports / name).write_text(json.dumps(as_json([outcome], failed), indent=1) + "\n", encoding="utf-8")
    print(table([outcome]))
    print(f"\n{outcome.right:,} right answers in {outcome.elapsed_s:.3f} s, {outcome.right_per_s:,.1f} a second.")
    print(f"FAILED: {'; '.join(failed)}." if failed else "Passed.")
    if example:
        print(f"wrong answer: {example}")
    return 1 if failed else 0


if __name__ == "__main__":
    end_well()
    sys.exit(main())
