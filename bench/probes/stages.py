"""Times each stage of a request by itself, and the whole, within one warm process; or sends requests without end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from awslambdaric.bootstrap import Unbuffered

from bench.probes.requests import Context
from bench.spread import percentile

NS_PER_US = 1000
WARM_UP_CALLS = 1000

Call = Callable[[], object]


def stages_of(handler: Any, event: dict[str, Any]) -> dict[str, Call]:
    """Return what the handler does with a faultless event, a call for each stage; ``answered`` has three within it."""
    from challenge_neuralworks.serving.body import read_json
    from challenge_neuralworks.serving.events import shape_of

    application = getattr(handler, "__self__", handler)
    shape = shape_of(event)
    request = shape.read(event)
    route, segments = application.router.find(request.method, request.path)
    response = route.endpoint(request, *segments)
    model, document = application.store.get(*segments), read_json(request)
    record = application._telemetry.record  # noqa: SLF001 - a stage of its own, which nobody else calls
    return {
        "nothing": lambda: None,
        "whole": lambda: handler(event, Context),
        "event read": lambda: shape_of(event).read(event),
        "route found": lambda: application.router.find(request.method, request.path),
        "body parsed": lambda: read_json(request),
        **_scoring(model, document),
        "answered": lambda: route.endpoint(request, *segments),
        "log and metric lines": lambda: record(Context.aws_request_id, response, 0.0125, cold_start=False),
        "answer in the event's shape": lambda: shape.write(event, response),
    }


def _scoring(model: Any, document: dict[str, Any]) -> dict[str, Call]:
    if "instances" not in document:
        return {
            "checked": lambda: model.signature.is_exact(document),
            "scored": lambda: model.predict(document),
        }
    many = document["instances"]
    return {"checked": lambda: model.check(many), "scored": lambda: model.predict_many(many)}


def measure(handler: Any, plan: dict[str, Any]) -> list[dict[str, float]]:
    """Return rounds of the median time of each stage, microseconds."""
    stages = stages_of(handler, plan["event"])
    for _ in range(WARM_UP_CALLS):
        stages["whole"]()
    return [{name: _median_us(call, plan["calls"]) for name, call in stages.items()} for _ in range(plan["rounds"])]


def _median_us(call: Call, calls: int) -> float:
    times = []
    for _ in range(calls):
        started = perf_counter_ns()
        call()
        times.append((perf_counter_ns() - started) / NS_PER_US)
    return percentile(times, 0.5)


def main(plan_path: Path, result_path: Path) -> None:
    """Follow a plan, and write what came of it; a plan of no rounds goes on until it is killed."""
    from challenge_neuralworks.lambda_handler import lambda_handler

    # As the runtime client does: each line is written and flushed at once.
    sys.stdout = Unbuffered(sys.stdout)
    plan = json.loads(plan_path.read_text(encoding="utf-8"))
    while not plan["rounds"]:
        lambda_handler(plan["event"], Context)
    package = sys.modules["challenge_neuralworks"].__file__
    rounds = measure(lambda_handler, plan)
    result_path.write_text(json.dumps({"package": package, "rounds": rounds}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
