"""Times, in a process that holds the runtime client, the import of the handler and its first request, which loads.

Run by its path: it imports nothing of this package, so that nothing of it is paid for beforehand.
"""

from __future__ import annotations

import importlib
import json
import sys
from time import perf_counter

# What Lambda's own client has imported before it looks for a handler is not the handler's cost.
import awslambdaric.bootstrap  # noqa: F401


def main(event_path: str) -> None:
    """Write, as the last line of standard output, both times in milliseconds and the answer."""
    with open(event_path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib imports what the handler may need too
        event = json.load(file)
    started = perf_counter()
    handler = importlib.import_module("challenge_neuralworks.lambda_handler").lambda_handler
    imported = perf_counter()
    answer = handler(event, None)
    answered = perf_counter()
    times = {"import_ms": (imported - started) * 1000, "first_request_ms": (answered - imported) * 1000}
    sys.stdout.write(json.dumps({**times, "answer": answer}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
