"""One JSON log line and one CloudWatch embedded-metric line a request, in one write."""

from __future__ import annotations

import sys
from json.encoder import encode_basestring_ascii as quoted
from time import gmtime, strftime, time

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.settings import LOG_LEVELS

if TYPE_CHECKING:
    from challenge_neuralworks.serving.request import Response

NAMESPACE = "challenge_neuralworks"

METRICS = {
    "requests": "Count",
    "instances": "Count",
    "client_errors": "Count",
    "server_errors": "Count",
    "cold_starts": "Count",
    "latency": "Milliseconds",
}
"""Metric -> CloudWatch unit; each line holds one value of each, by model."""

_DEFINITION = ",".join(f'{{"Name":"{name}","Unit":"{unit}"}}' for name, unit in METRICS.items())
_EMF = f'"CloudWatchMetrics":[{{"Namespace":"{NAMESPACE}","Dimensions":[["model"]],"Metrics":[{_DEFINITION}]}}]'


class Telemetry:
    """Writes records to standard output, where Lambda takes its logs from.

    Parameters
    ----------
    log_level : least severe level written; requests are INFO, or ERROR where the answer is 5xx.
    metrics : also write the metric line.
    """

    def __init__(self, log_level: str, *, metrics: bool) -> None:
        self._info = LOG_LEVELS.index(log_level) <= LOG_LEVELS.index("INFO")
        self._error = LOG_LEVELS.index(log_level) <= LOG_LEVELS.index("ERROR")
        self._metrics = metrics
        self._second = -1
        self._stamp = ""

    def record(self, request_id: str, response: Response, latency_ms: float, *, cold_start: bool) -> None:
        """Write the lines of one request; output that cannot be written is lost, not the answer.

        Nothing of the event, its headers or its body is among the parameters: they hold API keys.
        """
        now = time()
        lines = ""
        latency = f"{latency_ms:.3f}"
        cold = "true" if cold_start else "false"
        if self._error if response.status >= 500 else self._info:
            lines = self._log_line(request_id, response, latency, cold, now)
        if self._metrics:
            lines += _metric_line(response, latency, 1 if cold_start else 0, now)
        if lines:
            _write(lines)

    def _log_line(self, request_id: str, response: Response, latency: str, cold: str, now: float) -> str:
        status, _, origin, instances, _, _, error, evidence = response
        return (
            f'{{"timestamp":"{self._timestamp(now)}","level":"{"ERROR" if status >= 500 else "INFO"}",'
            f'"message":"request","request_id":{quoted(request_id)},{origin.log},"status":{status},'
            f'"instances":{instances},"latency_ms":{latency},"cold_start":{cold}'
            f"{_error(error, evidence) if error else ''}}}\n"
        )

    def _timestamp(self, now: float) -> str:
        second = int(now)
        if second != self._second:
            self._second = second
            self._stamp = strftime("%Y-%m-%dT%H:%M:%S", gmtime(second))
        return f"{self._stamp}.{int((now - second) * 1000):03d}Z"


def _error(code: str, evidence: str) -> str:
    return f',"error":{quoted(code)}' + (f',"evidence":{quoted(evidence)}' if evidence else "")


def _metric_line(response: Response, latency: str, cold: int, now: float) -> str:
    status = response.status
    return (
        f'{{"_aws":{{"Timestamp":{int(now * 1000)},{_EMF}}},{response.origin.metrics},"requests":1,'
        f'"instances":{response.instances},"client_errors":{1 if 400 <= status < 500 else 0},'
        f'"server_errors":{1 if status >= 500 else 0},"cold_starts":{cold},'
        f'"latency":{latency}}}\n'
    )


def _write(lines: str) -> None:
    try:  # noqa: SIM105 - contextlib.suppress costs 0.3 us of every request
        # Looked up each time: Lambda's runtime client replaces it after this module is imported.
        sys.stdout.write(lines)
    except (OSError, ValueError, AttributeError):
        # Standard output is closed or gone.
        pass
