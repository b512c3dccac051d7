"""The figures of a run, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stress_test.client import Outcome


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of all values do not exceed; 0 where there are none."""
    ordered = sorted(values)
    rank = max(0, -int(-share * len(ordered) // 1) - 1)
    return ordered[min(rank, len(ordered) - 1)] if ordered else 0.0


def summary(outcome: Outcome) -> dict[str, Any]:
    """Return what a run came to; only right answers count towards the rate."""
    return {
        "right": outcome.right,
        "wrong": outcome.wrong,
        "failed": outcome.failed,
        "elapsed_s": round(outcome.elapsed_s, 3),
        "right_per_s": round(outcome.right / outcome.elapsed_s, 1),
        "p50_ms": round(percentile(outcome.latencies_ms, 0.5), 3),
        "p90_ms": round(percentile(outcome.latencies_ms, 0.9), 3),
        "p99_ms": round(percentile(outcome.latencies_ms, 0.99), 3),
        "first_wrong": outcome.first_wrong,
    }


def passed(outcome: Outcome, count: int) -> bool:
    """Return whether every request was answered, and rightly."""
    return outcome.right == count
