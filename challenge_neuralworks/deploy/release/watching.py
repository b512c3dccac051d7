"""What CloudWatch says of a new version while a part of the calls goes to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.deploy.release.refusing import OutOfBounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from challenge_neuralworks.deploy.release.calling import Calls

PERIOD_S = 60
NAMESPACE = "AWS/Lambda"


class Bounds(NamedTuple):
    """What a new version may do.

    errors : share of its invocations that fail.
    p99_ms : most that 99 in 100 invocations may take; None is 80 % of the function's timeout.
    """

    errors: float = 0.01
    p99_ms: float | None = None


class Seen(NamedTuple):
    """What CloudWatch has of a watch so far; throttles are the alias's: a call turned away has no version."""

    invocations: int
    errors: int
    throttles: int
    p99_ms: float

    def __str__(self) -> str:
        p99 = f", p99 {self.p99_ms:.0f} ms" if self.invocations else ""
        return f"{self.invocations} invocations, {self.errors} errors, {self.throttles} throttles{p99}"

    def check(self, bounds: Bounds) -> None:
        """Raise where a bound is broken.

        Raises
        ------
        OutOfBounds : says which.
        """
        broken = []
        if self.errors > bounds.errors * self.invocations:
            broken.append(f"errors are more than {bounds.errors:.2%} of the invocations")
        if self.throttles:
            broken.append("calls were throttled")
        if bounds.p99_ms is not None and self.p99_ms > bounds.p99_ms:
            broken.append(f"p99 is over {bounds.p99_ms:.0f} ms")
        if broken:
            raise OutOfBounds(f"{' and '.join(broken)}: {self}")


class Watch:
    """A look at a new version behind an alias, since a point in time.

    Parameters
    ----------
    alias : whose calls count; what this tool itself asks a version directly does not.
    since : by AWS's clock.
    """

    def __init__(self, calls: Calls, function: str, alias: str, version: str, since: datetime) -> None:
        self._calls = calls
        self._function = function
        self._alias = f"{function}:{alias}"
        self._version = version
        self._since = since

    def look(self, now: datetime) -> Seen:
        """Return what CloudWatch has; it is a minute or two behind."""
        told = self._calls(
            "get_metric_data",
            self._alias,
            MetricDataQueries=[
                self._query("invocations", "Invocations", "Sum", of_version=True),
                self._query("errors", "Errors", "Sum", of_version=True),
                self._query("duration", "Duration", "p99", of_version=True),
                self._query("throttles", "Throttles", "Sum", of_version=False),
            ],
            StartTime=self._since.replace(second=0, microsecond=0),
            EndTime=now + timedelta(seconds=PERIOD_S),
        )
        series = {result["Id"]: result for result in told["MetricDataResults"]}
        throttles = series["throttles"]
        # The minute in which the watch began holds calls from before it; AWS tells its clock in whole seconds.
        begun = self._since + timedelta(seconds=1)
        after = [value for value, at in zip(throttles["Values"], throttles["Timestamps"], strict=True) if at >= begun]
        totals = [int(sum(series[name]["Values"])) for name in ("invocations", "errors")]
        return Seen(totals[0], totals[1], int(sum(after)), max(series["duration"]["Values"], default=0.0))

    def _query(self, name: str, metric: str, statistic: str, *, of_version: bool) -> dict[str, Any]:
        dimensions = {"FunctionName": self._function, "Resource": self._alias}
        dimensions |= {"ExecutedVersion": self._version} if of_version else {}
        listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        stated = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": listed}
        return {"Id": name, "MetricStat": {"Metric": stated, "Period": PERIOD_S, "Stat": statistic}}


def watch_for(
    watch: Watch, watch_s: float, bounds: Bounds, now: Callable[[], datetime], rest: Callable[[], None]
) -> Seen:
    """Look again and again until the watch is over, and return the last look.

    Parameters
    ----------
    rest : waits between two looks, and keeps the lock.

    Raises
    ------
    OutOfBounds : as soon as a bound is broken.
    """
    end = now() + timedelta(seconds=watch_s)
    while True:
        seen = watch.look(now())
        seen.check(bounds)
        if now() >= end:
            return seen
        rest()
