"""What Locust's processes count together, and the verdict on it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import locust.stats

from stress_test.drift import SHORTEST_S, SLOWER, Latencies
from stress_test.verdict import as_json, outcomes, reasons, told

if TYPE_CHECKING:
    from stress_test.plan import Plan


WRITTEN_S = 5
"""Time between two rows of Locust's CSV files."""


class Judge:
    """Ends a run in time, tells what came of it, and sets Locust's exit status by that.

    Parameters
    ----------
    environment : Locust's.
    """

    def __init__(self, environment: Any, plan: Plan) -> None:
        self._environment = environment
        self._plan = plan
        self._latencies = Latencies()

    def listen(self) -> None:
        """Take part in what happens from here on; a worker sends what it counts to its master, which judges."""
        events = self._environment.events
        events.request.add_listener(self.note)
        if self._environment.parsed_options.worker:
            events.report_to_master.add_listener(self.send)
            return
        events.worker_report.add_listener(self.receive)
        events.test_start.add_listener(self.bound)
        events.quitting.add_listener(self.judge)

    def note(self, start_time: float, response_time: float, **_: Any) -> None:
        """Keep how long an answer took, and when."""
        self._latencies.note(start_time, response_time)

    def send(self, data: dict[str, Any], **_: Any) -> None:
        """Add to a worker's report."""
        data["latencies"] = self._latencies.take()

    def receive(self, data: dict[str, Any], **_: Any) -> None:
        """Read a worker's report."""
        self._latencies.merge(data["latencies"])

    def bound(self, **_: Any) -> None:
        """End the run once enough was sent, whatever the time."""
        self._environment.runner.greenlet.spawn(self._stop_after)

    def judge(self, **_: Any) -> None:
        """Tell what came of the run, and write it."""
        stats = self._environment.runner.stats
        found = outcomes(stats)
        first_ms, last_ms = self._latencies.tenths_ms(stats.total.start_time, stats.total.last_request_timestamp or 0)
        failed = reasons(found[-1], self._plan.thresholds) + self._slowed(first_ms, last_ms)
        folder = Path(self._plan.reports)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "summary.json").write_text(json.dumps(as_json(found, failed), indent=1) + "\n", encoding="utf-8")
        print(told(found, failed))
        if first_ms and last_ms:
            print(
                f"The 99th percentile was {first_ms:g} ms in the first tenth of the time, {last_ms:g} ms in the last."
            )
        self._environment.process_exit_code = 1 if failed else 0

    def _slowed(self, first_ms: float, last_ms: float) -> list[str]:
        judged = self._plan.shape == "soak" and self._plan.time_s >= SHORTEST_S
        slow = judged and last_ms > SLOWER * first_ms
        return [f"the last tenth took over {SLOWER} times as long as the first"] if slow else []

    def _stop_after(self) -> None:
        while self._environment.runner.stats.total.num_requests < self._plan.requests:
            # Locust has patched it: others go on.
            time.sleep(0.1)
        self._environment.runner.quit()


def measure_finely() -> None:
    """Let Locust keep two digits of each latency: it rounds to milliseconds, and most answers take about one.

    What it writes while it runs takes a sort of all different latencies for each percentile of each name, in which no
    user sees an answer: with a third digit 7 ms after a minute and 20 after ten, every second.
    """
    locust.stats.bucket_response_time = _rounded  # type: ignore[assignment]
    locust.stats.CSV_STATS_INTERVAL_SEC = WRITTEN_S
    # It closes files that it goes on writing to, and says so at the end of every other run.
    locust.stats.StatsCSVFileWriter.close_files = _flush  # type: ignore[assignment, method-assign]


def _rounded(response_time_ms: float) -> float:
    return float(f"{response_time_ms:.2g}")


def _flush(writer: Any) -> None:
    for flush in (writer.requests_flush, writer.stats_history_flush, writer.failures_flush, writer.exceptions_flush):
        flush()
