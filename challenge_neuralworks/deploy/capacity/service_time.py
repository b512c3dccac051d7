"""How long the handler takes here, and how much it writes: what every other figure is computed from."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout
from time import perf_counter, perf_counter_ns
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[Any, Any], dict[str, Any]]

CALLS = 2_000
WARM_UP_CALLS = 50


class NotMeasured(NeuralworksError):
    """The request to be measured is not answered with predictions."""

    code = "not-measured"


class ServiceTime(NamedTuple):
    """What one request costs the function on one core of this machine.

    p50_ms, p99_ms : time of a call, milliseconds.
    load_ms : of building the handler and of its first answer, which loads the model.
    log_bytes, answer_bytes : what it writes to its log, and answers.
    instances : predictions of one request.
    calls : how many were timed.
    """

    p50_ms: float
    p99_ms: float
    load_ms: float
    log_bytes: int
    answer_bytes: int
    instances: int
    calls: int


class _Context:
    """What of Lambda's context the handler reads."""

    aws_request_id = "00000000-0000-4000-8000-000000000000"


def measure(
    build: Callable[[], Handler], model: str, instances: list[dict[str, Any]], calls: int = CALLS
) -> ServiceTime:
    """Return what a request for predictions takes.

    Parameters
    ----------
    build : makes the handler.
    instances : of one request; one is sent as an object, more as a batch.

    Raises
    ------
    NotMeasured : the handler does not answer 200; says what it answers.
    """
    event = _event(model, instances)
    with redirect_stdout(io.StringIO()) as log:
        started = perf_counter()
        handler = build()
        answer = handler(event, _Context)
        load_ms = (perf_counter() - started) * 1000
        if answer["statusCode"] != 200:
            raise NotMeasured(f"model {model!r} answers {answer['statusCode']}: {answer['body']}")
        _times_ms(handler, event, WARM_UP_CALLS, log)
        log_bytes = len(log.getvalue().encode())
        times = sorted(_times_ms(handler, event, calls, log))
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    return ServiceTime(p50, p99, load_ms, log_bytes, len(answer["body"].encode()), len(instances), calls)


def _times_ms(handler: Handler, event: dict[str, Any], calls: int, log: io.StringIO) -> list[float]:
    times = []
    for _ in range(calls):
        # Each call's lines in place of the last one's: the log must not fill the memory.
        log.seek(0)
        log.truncate()
        started = perf_counter_ns()
        handler(event, _Context)
        times.append((perf_counter_ns() - started) / 1e6)
    sys.stdout.flush()
    return times


def _event(model: str, instances: list[dict[str, Any]]) -> dict[str, Any]:
    document = instances[0] if len(instances) == 1 else {"instances": instances}
    return {
        "httpMethod": "POST",
        "path": f"/inference/{model}",
        "headers": {"content-type": "application/json"},
        "queryStringParameters": None,
        "requestContext": {"stage": "plan"},
        "body": json.dumps(document),
        "isBase64Encoded": False,
    }
