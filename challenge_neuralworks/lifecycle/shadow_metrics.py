"""Evidence out of CloudWatch: the metrics that functions wrote beside their log lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.lifecycle.evidence import Evidence, Pair, Source
from challenge_neuralworks.serving.shadow_outcome import DIMENSIONS
from challenge_neuralworks.settings import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIODS = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))
"""How long CloudWatch keeps values of a period, and the period in seconds."""

OF_THE_PAIR = {
    "rows": ("ShadowRows", "Sum"),
    "flips": ("ShadowFlips", "Sum"),
    "difference": ("ShadowDifference", "Sum"),
    "most": ("ShadowMaxDifference", "Maximum"),
    "errors": ("ShadowErrors", "Sum"),
}
OF_THE_MODEL = {"requests": ("requests", "Sum"), "failed": ("server_errors", "Sum")}
"""Field of `Evidence` -> metric and statistic."""


class MetricsUnavailable(NeuralworksError):
    """CloudWatch cannot be asked."""

    code = "metrics-unavailable"


class CloudWatch(Source):
    """The metrics of the region and account that the environment names; a minute or two behind.

    Whole periods only are counted, from the first that begins after a pair's time: in that before, others answered.
    A period is a minute, and longer where that time is more than two weeks ago.

    Parameters
    ----------
    namespace : that the functions write to, see `Settings.metrics_namespace`.
    client : of boto3, for CloudWatch; made where None.
    """

    def __init__(self, namespace: str = NAMESPACE, client: Any = None) -> None:
        self._namespace = namespace
        self._client = client

    def look(self, pair: Pair) -> Evidence:
        """Return all there is of a pair so far."""
        since, now = datetime.fromisoformat(pair.since), datetime.now(UTC)
        period_s = next((seconds for kept, seconds in PERIODS if now - since < kept), PERIODS[-1][1])
        start = datetime.fromtimestamp((since.timestamp() // period_s + 1) * period_s, UTC)
        end = now + timedelta(seconds=period_s)
        found: dict[str, float] = dict.fromkeys(Evidence._fields, 0)
        if start >= end:
            return Evidence()
        for result in self._results(pair, start, end, period_s):
            values = result["Values"]
            name = result["Id"]
            found[name] = max([found[name], *values]) if name == "most" else found[name] + sum(values)
        whole = {name: value if name in ("difference", "most") else int(value) for name, value in found.items()}
        return Evidence(**whole)  # type: ignore[arg-type] # whole numbers but for two

    def _results(self, pair: Pair, start: datetime, end: datetime, period_s: int) -> Iterator[dict[str, Any]]:
        whose = ((OF_THE_PAIR, (pair.name, pair.shadowing)), (OF_THE_MODEL, (pair.name,)))
        queries = [
            self._query(name, period_s, measured, values)
            for metrics, values in whose
            for name, measured in metrics.items()
        ]
        asked: dict[str, Any] = {"MetricDataQueries": queries, "StartTime": start, "EndTime": end}
        while True:
            told = self._ask(asked)
            yield from told["MetricDataResults"]
            if not told.get("NextToken"):
                return
            asked["NextToken"] = told["NextToken"]

    def _query(self, name: str, period_s: int, measured: tuple[str, str], values: tuple[str, ...]) -> dict[str, Any]:
        metric, statistic = measured
        dimensions = [{"Name": key, "Value": value} for key, value in zip(DIMENSIONS, values, strict=False)]
        stated = {"Namespace": self._namespace, "MetricName": metric, "Dimensions": dimensions}
        return {"Id": name, "MetricStat": {"Metric": stated, "Period": period_s, "Stat": statistic}}

    def _ask(self, asked: dict[str, Any]) -> Any:
        try:
            if self._client is None:
                self._client = _connect()
            return self._client.get_metric_data(**asked)
        except ImportError as error:
            raise MetricsUnavailable(
                "CloudWatch needs boto3: pip install 'challenge-neuralworks[deploy]'; or give --shadow-log FILE"
            ) from error
        # boto3's errors have no base of their own beneath Exception but two, both its own.
        except Exception as error:
            if not type(error).__module__.startswith("botocore"):
                raise
            raise MetricsUnavailable(
                f"CloudWatch cannot be asked: {error}; name credentials and region, or give --shadow-log FILE"
            ) from error


def _connect() -> Any:
    import boto3
    from botocore.config import Config

    retries: Any = {"mode": "standard", "max_attempts": 3}
    return boto3.client("cloudwatch", config=Config(connect_timeout=5, read_timeout=10, retries=retries))
