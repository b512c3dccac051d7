"""What came of a run, and whether it is good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stress_test.checking import WRONG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stress_test.plan import Thresholds

SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}


class Outcome(NamedTuple):
    """Figures of a run, or of all requests of one name.

    sent : requests that got an answer, or failed to.
    right : got the right one.
    wrong : got another.
    failed : got none, or one that says that the service is throttled or broken.
    latencies_ms : name of a percentile -> milliseconds.
    """

    name: str
    sent: int
    right: int
    wrong: int
    failed: int
    elapsed_s: float
    latencies_ms: dict[str, float]

    @property
    def right_per_s(self) -> float:
        """Right answers a second."""
        return self.right / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def error_rate(self) -> float:
        """Share of requests without a right answer; 1 where nothing was sent."""
        return (self.sent - self.right) / self.sent if self.sent else 1.0


def outcomes(stats: Any) -> list[Outcome]:
    """Return Locust's statistics, a name at a time and last the whole."""
    elapsed_s = max(0.0, (stats.total.last_request_timestamp or 0) - stats.total.start_time)
    entries = sorted(stats.entries.values(), key=lambda entry: str(entry.name))
    parts = [_outcome(entry, entry.name, _wrong(stats, entry.name), elapsed_s) for entry in entries]
    return [*parts, _outcome(stats.total, "all", sum(part.wrong for part in parts), elapsed_s)]


def _wrong(stats: Any, name: str) -> int:
    # Standalone, errors are exceptions; of other processes come their representations.
    return sum(e.occurrences for e in stats.errors.values() if e.name == name and WRONG in str(e.error))


def _outcome(entry: Any, name: str, wrong: int, elapsed_s: float) -> Outcome:
    latencies = {of: float(entry.get_response_time_percentile(share) or 0) for of, share in SHARES.items()}
    sent, failures = entry.num_requests, entry.num_failures
    return Outcome(name, sent, sent - failures, wrong, failures - wrong, elapsed_s, latencies)


def reasons(outcome: Outcome, limits: Thresholds) -> list[str]:
    """Return why a run fails, a sentence each; none where it does not."""
    if not outcome.sent:
        return ["nothing was sent"]
    p50, p99 = outcome.latencies_ms["p50"], outcome.latencies_ms["p99"]
    rate = outcome.error_rate
    held = {
        f"{outcome.wrong:,} wrong answers, and there must be none": outcome.wrong == 0,
        f"{rate:.4%} of the requests got no right answer, over {limits.error_rate:.4%}": rate <= limits.error_rate,
        f"half of the answers took over {p50:g} ms, and may take {limits.p50_ms:g}": p50 <= limits.p50_ms,
        f"one answer in a hundred took over {p99:g} ms, and may take {limits.p99_ms:g}": p99 <= limits.p99_ms,
        f"{outcome.right_per_s:,.1f} right answers a second, under {limits.right_per_s:,.1f}": outcome.right_per_s
        >= limits.right_per_s,
    }
    return [sentence for sentence, holds in held.items() if not holds]


def told(found: Sequence[Outcome], failed: Sequence[str]) -> str:
    """Return a run in words and as a table that can be pasted into a page."""
    whole = found[-1]
    sentence = (
        f"{whole.right:,} right answers in {whole.elapsed_s:.1f} s, {whole.right_per_s:,.1f} a second; "
        f"{whole.wrong:,} wrong, {whole.failed:,} failed."
    )
    verdict = ["FAILED: " + "; ".join(failed) + "."] if failed else ["Passed."]
    return "\n".join([table(found), "", sentence, *verdict])


def table(found: Sequence[Outcome]) -> str:
    """Return a Markdown table of outcomes, milliseconds for the percentiles."""
    head = ["requests", "sent", "right", "wrong", "failed", "right/s", *(f"{share} ms" for share in SHARES)]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for one in found:
        counts = [f"{number:,}" for number in (one.sent, one.right, one.wrong, one.failed)]
        times = [f"{one.latencies_ms[share]:g}" for share in SHARES]
        lines.append([one.name, *counts, f"{one.right_per_s:,.1f}", *times])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_json(found: Sequence[Outcome], failed: Sequence[str]) -> dict[str, Any]:
    """Return what is written to summary.json."""
    return {
        "passed": not failed,
        "reasons": list(failed),
        "outcomes": [one._asdict() | {"right_per_s": round(one.right_per_s, 2)} for one in found],
    }
