"""Times a handler within one warm process: what Lambda would bill, without the emulator's own time.

Run by its path, with the function's folder as ``PYTHONPATH``; the events come on standard input.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from time import perf_counter, perf_counter_ns

WARM_UP_CALLS = 20


class Context:
    """What of Lambda's context a handler reads."""

    aws_request_id = "8f5ab1f0-6c4e-4b7e-9d3b-0a1b2c3d4e5f"
    function_name = "function"


def main(handler: str) -> None:
    """Write, as the last line, the times of calls in milliseconds, and the bytes of log and answer a request."""
    task = json.load(sys.stdin)
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    events, answer_bytes = task["events"], 0
    times: list[float] = []
    for event in events[:WARM_UP_CALLS]:
        function(event, Context)
    ends = perf_counter() + task["seconds"]
    with redirect_stdout(io.StringIO()) as log, redirect_stderr(log):
        while perf_counter() < ends:
            event = events[len(times) % len(events)]
            started = perf_counter_ns()
            answer = function(event, Context)
            times.append((perf_counter_ns() - started) / 1e6)
            answer_bytes += len(answer["body"].encode())
        log_bytes = len(log.getvalue().encode())
    count = len(times)
    times.sort()
    found = {"p50_ms": times[count // 2], "p99_ms": times[count * 99 // 100], "calls": count}
    found |= {"log_bytes": log_bytes // count, "answer_bytes": answer_bytes // count}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
