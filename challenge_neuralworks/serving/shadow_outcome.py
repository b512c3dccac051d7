"""What a candidate makes of rows that were answered: compared, counted, and told in a log line and a metric line."""

from __future__ import annotations

import json
from time import gmtime, perf_counter, strftime, time

from challenge_neuralworks.errors import InvalidInstances, NeuralworksError
from challenge_neuralworks.model import NotAPrediction
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.settings import NAMESPACE
from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row

    Prediction = Sequence[float]

MESSAGE = "shadow"
"""What a log line of this kind has under ``message``."""

MOST_ROWS = 100
"""Rows of one request that the candidate scores; of a larger batch every second, third ... row."""

BUDGET_S = 0.02
"""Time after which no further row of a request is begun."""

METRICS = {
    "ShadowRows": "Count",
    "ShadowFlips": "Count",
    "ShadowDifference": "None",
    "ShadowMaxDifference": "None",
    "ShadowErrors": "Count",
}
"""Metric -> CloudWatch unit, by model and candidate; ShadowDifference is the sum over the rows."""

DIMENSIONS = ("model", "candidate")

_DEFINITION = [{"Name": name, "Unit": unit} for name, unit in METRICS.items()]


class Seen(NamedTuple):
    """What a model was asked and has predicted, row by row."""

    model: Model
    rows: Sequence[Row]
    predictions: Sequence[Prediction]


class Outcome(NamedTuple):
    """How a candidate's predictions differ from those that were answered.

    rows : scored by both.
    flips : rows with another label; of a regression none.
    difference, most : sum and largest, over rows, of the largest difference within a prediction.
    errors : code -> rows that the candidate refused or failed at.
    left : rows that were not looked at: too many, or too late.
    """

    rows: int
    flips: int
    difference: float
    most: float
    errors: dict[str, int]
    left: int


def compare(seen: Seen, candidate: Model, budget_s: float = BUDGET_S) -> Outcome:
    """Return how a candidate's predictions differ; what it raises is counted."""
    end = perf_counter() + budget_s
    model, rows, predictions = seen
    step = -(-len(rows) // MOST_ROWS)
    done = flips = 0
    difference = most = 0.0
    errors: dict[str, int] = {}
    for row, answered in zip(rows[::step], predictions[::step], strict=True):
        if (done or errors) and perf_counter() >= end:
            break
        try:
            apart, flipped = _apart(model, answered, candidate, _predict(candidate, row))
        # A candidate is on trial: whatever it raises is what the trial found.
        except Exception as error:  # noqa: BLE001
            code = _code_of(error)
            errors[code] = errors.get(code, 0) + 1
            continue
        done += 1
        flips += flipped
        difference += apart
        most = max(most, apart)
    return Outcome(done, flips, difference, most, errors, len(rows) - done - sum(errors.values()))


def log_line(names: dict[str, str], outcome: Outcome, request_id: str, took_ms: float) -> str:
    """Return the log line of one request."""
    now = time()
    stamp = strftime("%Y-%m-%dT%H:%M:%S", gmtime(now))
    line = {
        "timestamp": f"{stamp}.{int(now % 1 * 1000):03}Z",
        "level": "INFO",
        "message": MESSAGE,
        **names,
        "rows": outcome.rows,
        "flips": outcome.flips,
        "difference": outcome.difference,
        "max_difference": outcome.most,
        "errors": outcome.errors,
        "left": outcome.left,
        "took_ms": round(took_ms, 3),
        "request_id": request_id,
    }
    return json.dumps(line, separators=(",", ":")) + "\n"


def metric_line(names: dict[str, str], outcome: Outcome, namespace: str = NAMESPACE) -> str:
    """Return the CloudWatch embedded-metric line of one request."""
    failed = sum(outcome.errors.values())
    values = outcome.rows, outcome.flips, outcome.difference, outcome.most, failed
    emf = {"Namespace": namespace, "Dimensions": [DIMENSIONS], "Metrics": _DEFINITION}
    aws = {"Timestamp": int(time() * 1000), "CloudWatchMetrics": [emf]}
    return json.dumps({"_aws": aws, **names, **dict(zip(METRICS, values, strict=True))}, separators=(",", ":")) + "\n"


def _predict(candidate: Model, row: Row) -> Prediction:
    (checked,) = candidate.check([row]).rows
    return candidate.predict(checked)


def _apart(model: Model, answered: Prediction, candidate: Model, theirs: Prediction) -> tuple[float, bool]:
    if model.classes != candidate.classes:
        raise _OtherClasses
    apart = max(abs(ours - their) for ours, their in zip(answered, theirs, strict=True))
    if not apart <= LARGEST:
        raise NotAPrediction(f"model {candidate.name!r} computed {theirs!r}")
    return apart, bool(model.classes) and model.label(answered) != candidate.label(theirs)


class _OtherClasses(NeuralworksError):
    code = "other-classes"


def _code_of(error: Exception) -> str:
    # Of a refused instance the code of its first fault says more.
    if isinstance(error, InvalidInstances) and error.faults:
        return error.faults[0].code
    return error.code if isinstance(error, NeuralworksError) else "internal-error"
