"""Contestants whose figures are known."""

from __future__ import annotations

from typing import Any


def server(name: str, *rates: float, size: float = 100.0, **kinds: bool) -> dict[str, Any]:
    """Return a server of known figures, a rate a round."""
    rounds = [
        {
            "round": number,
            "right_per_s": rate,
            "p50_ms": 3.0,
            "p99_ms": 9.0,
            "start_ms": 100_000 / rate,
            "pss_mib": 10.0 * size,
            "peak_rss_mib": 12.0 * size,
            "processes": 1,
        }
        for number, rate in enumerate(rates)
    ]
    about = {"name": name, "title": name.upper(), "ours": False, "batching": False, "installed_mib": size}
    return {**about, **kinds, "rounds": rounds}


def function(name: str, cold_ms: float, call_ms: float, mib: float, *, ours: bool = False) -> dict[str, Any]:
    """Return a handler of known figures."""
    one = {
        "round": 0,
        "cold_ms": cold_ms,
        "right_per_s": 100.0,
        "p50_ms": 2.0,
        "p99_ms": 4.0,
        "call_p50_ms": call_ms,
        "call_p99_ms": 2 * call_ms,
        "peak_rss_mib": mib,
        "log_bytes": 0,
        "answer_bytes": 100,
    }
    return {
        "name": name,
        "title": name.upper(),
        "ours": ours,
        "batching": False,
        "installed_mib": 2 * mib,
        "rounds": [one],
    }
