"""Everything that is measured, in order, and the rows that it makes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import cold_start, memory, requests, rows, startup
from bench.events import Kind, kinds
from bench.layout import Layout, lay_out
from bench.progress import shown
from bench.rows import Row, alone, compared

if TYPE_CHECKING:
    from bench.startup import ImportCost

MIB = 1024 * 1024


class Effort(NamedTuple):
    """How often each thing is measured.

    rounds : cold starts, fresh imports, and rounds of requests.
    memory_rounds : each takes a thousand requests of each function.
    traces : fresh processes that list what each import costs.
    """

    rounds: int
    memory_rounds: int
    traces: int
    seed: int


class Measurements(NamedTuple):
    """Every round of everything, as it was measured."""

    cold_starts: Sequence[cold_start.Round]
    startups: Sequence[startup.Round]
    imports: Sequence[ImportCost]
    requests: Sequence[requests.Round]
    memory: Sequence[memory.Round]
    shipped_bytes: dict[str, int]


def measure(root: Path, binary: Path, effort: Effort) -> Measurements:
    """Lay out the project at ``root`` in a temporary folder, and measure it.

    Raises
    ------
    BenchError : something cannot be measured, or a handler answers wrongly.
    challenge_neuralworks.deploy.package.PackageError : what ships cannot be staged.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        layout = lay_out(root, Path(temporary))
        return _measure(layout, binary, kinds(root), effort)


def _measure(layout: Layout, binary: Path, events: Sequence[Kind], effort: Effort) -> Measurements:
    rounds, seed = effort.rounds, effort.seed
    bodies = [json.dumps(kind.event).encode() for kind in events]
    event = layout.ours.task.parent / "event.json"
    event.write_bytes(bodies[0])
    peaks = memory.measure(layout, binary, bodies, effort.memory_rounds, seed)
    return Measurements(
        list(shown("cold start", rounds, cold_start.measure(layout, binary, bodies[0], rounds, seed))),
        list(shown("import and load", rounds, startup.measure(layout, event, rounds))),
        startup.dearest_imports(layout, event, effort.traces),
        requests.measure(layout, events, rounds, seed),
        list(shown("memory", effort.memory_rounds, peaks)),
        layout.shipped_bytes,
    )


def rows_of(measured: Measurements, events: Sequence[Kind]) -> list[Row]:
    """Return the table's rows."""
    colds, starts, peaks = measured.cold_starts, measured.startups, measured.memory
    both = [start["import_ms"] + start["first_request_ms"] for start in starts]
    size_mib = sum(measured.shipped_bytes.values()) / MIB
    return [
        compared(
            "cold start, to the first answer",
            "ms",
            [cold["ours"] for cold in colds],
            [cold["empty"] for cold in colds],
            rows.COLD_START,
        ),
        alone("import and first request", "ms", both, rows.IMPORT_AND_LOAD),
        alone("- import", "ms", [start["import_ms"] for start in starts]),
        alone("- first request, which loads", "ms", [start["first_request_ms"] for start in starts]),
        *(row for kind in events for row in _request_rows(kind, measured.requests)),
        compared(
            f"peak memory, {memory.REQUESTS:,} requests",
            "MiB",
            [peak["ours"] for peak in peaks],
            [peak["empty"] for peak in peaks],
            rows.MEMORY,
        ),
        alone("unzipped size", "MiB", [size_mib], rows.SIZE),
    ]


def _request_rows(kind: Kind, rounds: Sequence[requests.Round]) -> list[Row]:
    own = [each for each in rounds if each["kind"] == kind.name]
    return [
        compared(
            f"{kind.name}, p50",
            "us",
            [each["ours"]["p50_us"] for each in own],
            [each["baseline"]["p50_us"] for each in own],
            None if kind.most is None else rows.Budget(kind.most, "ratio"),
        ),
        compared(
            f"{kind.name}, p99",
            "us",
            [each["ours"]["p99_us"] for each in own],
            [each["baseline"]["p99_us"] for each in own],
        ),
    ]


def to_json(measured: Measurements) -> dict[str, Any]:
    """Return every round as JSON values."""
    return {**measured._asdict(), "imports": [cost._asdict() for cost in measured.imports]}
