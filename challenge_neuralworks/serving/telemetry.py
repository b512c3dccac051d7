"""One JSON log line and one CloudWatch embedded-metric line a request, in one write."""

from __future__ import annotations

import sys
from json.encoder import encode_basestring_ascii as quoted
from time import gmtime, strftime, time

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.settings import LOG_LEVELS, NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import RawIOBase
    from typing import TextIO

    from challenge_neuralworks.serving.request import Origin, Response

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


class Telemetry:
    """Writes records to standard output, where Lambda takes its logs from.

    Parameters
    ----------
    log_level : least severe level written; requests are INFO, or ERROR where the answer is 5xx.
    metrics : also write the metric line.
    namespace : of the metrics.
    """

    def __init__(self, log_level: str, *, metrics: bool, namespace: str = NAMESPACE) -> None:
        self._info = LOG_LEVELS.index(log_level) <= LOG_LEVELS.index("INFO")
        self._warning = LOG_LEVELS.index(log_level) <= LOG_LEVELS.index("WARNING")
        self._error = LOG_LEVELS.index(log_level) <= LOG_LEVELS.index("ERROR")
        self._metrics = metrics
        emf = f'{{"Namespace":"{namespace}","Dimensions":[["model"]],"Metrics":[{_DEFINITION}]}}'
        self._emf = f'{{"_aws":{{"CloudWatchMetrics":[{emf}],"Timestamp":'
        self._second = ""
        self._stamp = ""
        self._stdout: TextIO | None = None
        self._write: Callable[[str], object] = str

    def record(self, request_id: str, response: Response, latency_ms: float, *, cold_start: bool) -> None:
        """Write the lines of one request; output that cannot be written is lost, not the answer.

        Nothing of the event, its headers or its body is among the parameters: they hold API keys.
        """
        status, _, origin, instances, _, _, error, evidence, _ = response
        if status == 200 and not cold_start:
            log, metric = origin.ordinary or _remember(origin)
        else:
            log, metric = _in_words(origin, status, cold_start)
        # Milliseconds as text, of which the last three digits are those of the second.
        now = str(int(time() * 1000))
        if now[:-3] != self._second:
            self._tick(now[:-3])
        latency = f"{latency_ms:.3f}"
        lines = ""
        if self._info if status < 500 else self._error:
            lines = (
                f'{{"timestamp":"{self._stamp}{now[-3:]}Z",{log}{instances},"latency_ms":{latency},'
                f'"request_id":{quoted(request_id)}{_error(error, evidence) if error else ""}}}\n'
            )
        if self._metrics:
            lines += f'{self._emf}{now}}},{metric}{instances},"latency":{latency}}}\n'
        if not lines:
            return
        try:
            # Looked up each time: Lambda's runtime client replaces it after this module is imported.
            if sys.stdout is not self._stdout:
                self._write = _writer_of(sys.stdout)
                self._stdout = sys.stdout
            self._write(lines)
        except (OSError, ValueError, AttributeError):
            # Standard output is closed or gone.
            pass

    def warn(self, evidence: str) -> None:
        """Write a line about what is no request's: an artifact that is served though nobody signed it."""
        if self._warning:
            stamp = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())
            print(f'{{"timestamp":"{stamp}","level":"WARNING","message":"unsealed","evidence":{quoted(evidence)}}}')

    def _tick(self, second: str) -> None:
        # In this order: another thread that finds the second must find its stamp.
        self._stamp = strftime("%Y-%m-%dT%H:%M:%S.", gmtime(int(second)))
        self._second = second


def _in_words(origin: Origin, status: int, cold_start: bool) -> tuple[str, str]:  # noqa: FBT001
    # Both lines from their time up to the number of instances: what does not change from request to request.
    level = "ERROR" if status >= 500 else "INFO"
    log = (
        f'"level":"{level}","message":"request",{origin.log},"status":{status},'
        f'"cold_start":{"true" if cold_start else "false"},"instances":'
    )
    metric = (
        f'{origin.metrics},"requests":1,"client_errors":{int(400 <= status < 500)},'
        f'"server_errors":{int(status >= 500)},"cold_starts":{int(cold_start)},"instances":'
    )
    return log, metric


def _remember(origin: Origin) -> tuple[str, str]:
    origin.ordinary = words = _in_words(origin, 200, cold_start=False)
    return words


def _writer_of(stdout: TextIO) -> Callable[[str], object]:
    # The runtime client's own stream flushes each write through two buffers, which takes twice as long as the write
    # itself. Where nothing ever waits in a buffer, what goes past it stays in order.
    raw: RawIOBase | None = getattr(getattr(stdout, "buffer", None), "raw", None)
    if raw is None or type(stdout).__name__ != "Unbuffered":
        return stdout.write

    def write(lines: str) -> None:
        data = lines.encode()
        written = raw.write(data)
        while written and written < len(data):  # A signal came in between.
            written += raw.write(data[written:]) or len(data)

    return write


def _error(code: str, evidence: str) -> str:
    return f',"error":{quoted(code)}' + (f',"evidence":{quoted(evidence)}' if evidence else "")
