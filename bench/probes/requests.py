"""Times requests within one process: ours with its log and metrics lines, the baseline beside it."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from awslambdaric.bootstrap import Unbuffered

from bench.answers import check_more, check_same
from bench.baseline import Handler, baseline_of
from bench.progress import shown
from bench.spread import percentile

NS_PER_US = 1000
WARM_UP_CALLS = 50


class Context:
    """What of Lambda's context a handler reads."""

    aws_request_id = "8f5ab1f0-6c4e-4b7e-9d3b-0a1b2c3d4e5f"


def compare(plan: dict[str, Any], ours: Handler) -> Iterator[dict[str, Any]]:
    """Yield, for each round and kind of event, p50 and p99 of ours and of the baseline's calls in microseconds."""
    shuffle = random.Random(plan["seed"]).shuffle  # noqa: S311 - an order, not a secret
    pairs = [(kind, _pair(kind, ours)) for kind in plan["kinds"]]
    for _ in range(plan["rounds"]):
        shuffle(pairs)
        for kind, pair in pairs:
            order = list(pair)
            shuffle(order)
            times = {name: _times_us(pair[name], kind["event"], kind["calls"]) for name in order}
            yield {"kind": kind["name"], "order": order, **{name: _summary(times[name]) for name in pair}}


def _pair(kind: dict[str, Any], ours: Handler) -> dict[str, Handler]:
    event = kind["event"]
    answer = ours(event, Context)
    if kind["beside"] is None:
        pair = {"ours": ours, "baseline": baseline_of(event, answer)}
        check_same(kind["name"], answer, pair["baseline"](event, Context), kind["status"])
    else:
        pair = {"ours": ours, "baseline": lambda _event, context: ours(kind["beside"], context)}
        check_more(kind["name"], answer, pair["baseline"](event, Context), kind["status"])
    for handler in pair.values():
        _times_us(handler, event, WARM_UP_CALLS)
    return pair


def _times_us(handler: Handler, event: dict[str, Any], calls: int) -> list[float]:
    times = []
    for _ in range(calls):
        started = perf_counter_ns()
        handler(event, Context)
        times.append((perf_counter_ns() - started) / NS_PER_US)
    return times


def _summary(times: list[float]) -> dict[str, float]:
    return {"p50_us": percentile(times, 0.5), "p99_us": percentile(times, 0.99)}


def main(plan_path: Path, result_path: Path) -> None:
    """Follow a plan, and write what came of it."""
    from challenge_neuralworks import lambda_handler

    # As the runtime client does: each line is written and flushed at once.
    sys.stdout = Unbuffered(sys.stdout)
    plan = json.loads(plan_path.read_text(encoding="utf-8"))
    total = plan["rounds"] * len(plan["kinds"])
    rounds = list(shown("requests of each kind", total, compare(plan, lambda_handler.lambda_handler)))
    result_path.write_text(json.dumps({"package": lambda_handler.__file__, "rounds": rounds}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
