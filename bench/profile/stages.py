"""The table of stages: what each takes, and what is left over."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import ProcessFailed
from bench.requests import followed, started
from bench.spread import percentile

if TYPE_CHECKING:
    from bench.layout import Layout

PROBE = "bench.probes.stages"
WITHIN = ("body parsed", "checked", "scored")
"""Stages that are part of ``answered``."""


def measure(layout: Layout, event: Mapping[str, Any], rounds: int, calls: int) -> list[dict[str, float]]:
    """Return rounds of the median time of each stage, microseconds.

    Raises
    ------
    ProcessFailed : the process that measures fails, or does not measure what ships.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        plan, result = Path(temporary, "plan.json"), Path(temporary, "result.json")
        plan.write_text(json.dumps({"event": event, "rounds": rounds, "calls": calls}))
        with started(layout, PROBE, plan, result) as probe:
            followed(probe)
        measured = json.loads(result.read_text(encoding="utf-8"))
    if not Path(measured["package"]).is_relative_to(layout.ours.task):
        raise ProcessFailed(f"measured {measured['package']} instead of what ships")
    found: list[dict[str, float]] = measured["rounds"]
    return found


def parts_of(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return what each part of a request takes, microseconds; they sum to ``whole``, which is the last."""
    net = {name: percentile([each[name] - each["nothing"] for each in rounds], 0.5) for name in rounds[0]}
    whole, answered = net.pop("whole"), net.pop("answered")
    del net["nothing"]
    net["answer written"] = answered - sum(net[name] for name in WITHIN)
    return {**net, "the rest": whole - sum(net.values()), "whole": whole}


def render(parts: Mapping[str, float]) -> str:
    """Return the parts as a Markdown table."""
    rows = [f"| {name:<27} | {us:6.2f} | {us / parts['whole']:5.0%} |" for name, us in parts.items()]
    return "\n".join([f"| {'stage':<27} | {'us':>6} | share |", f"|{'-' * 29}|-------:|------:|", *rows])
