"""A flame graph: stacks that py-spy sampled, drawn as an SVG that stands in a page by itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.errors import BenchError, ProcessFailed
from bench.profile.stages import PROBE
from bench.requests import followed, started

if TYPE_CHECKING:
    from bench.layout import Layout

RATE = 1000
"""Samples a second."""

WARM_UP_S = 1.0
"""What a process does while it starts is another profile."""

HANDLER = "Application."
"""The handler's own frames: stacks are drawn from the first of them on."""

WIDTH = 1000
ROW = 17
LEAST = 3.0
"""Width in pixels below which a frame is left out, and with it what it called."""

CHARACTER = 6.2
"""Width in pixels of a letter, about."""

COLOURS = ("#f7c873", "#f2a65a", "#e98a4b", "#f4b860", "#ee9d56")

Stack = tuple[str, ...]


class NoSampler(BenchError):
    """py-spy is not installed."""


class Box(NamedTuple):
    """A frame in a place: ``x`` and ``width`` count samples."""

    name: str
    depth: int
    x: int
    width: int


def sample(layout: Layout, event: Mapping[str, Any], seconds: int) -> dict[Stack, int]:
    """Return how often each stack of calls was seen while the handler answered one event again and again.

    Raises
    ------
    NoSampler : there is nothing to sample with; says how to get it.
    ProcessFailed : it fails.
    """
    spy = shutil.which("py-spy") or shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if spy is None:
        raise NoSampler("py-spy is not installed: pip install py-spy, or leave --flame out")
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        plan, stacks = Path(temporary, "plan.json"), Path(temporary, "stacks.txt")
        plan.write_text(json.dumps({"event": event, "rounds": 0}))
        with started(layout, PROBE, plan, stacks) as probe:
            # Its lines are read meanwhile, or it would wait for somebody to.
            reader = Thread(target=_read, args=(probe,))
            reader.start()
            try:
                time.sleep(WARM_UP_S)
                _spy(spy, probe.pid, seconds, stacks)
            finally:
                probe.kill()
                reader.join()
        return read_stacks(stacks.read_text(encoding="utf-8").splitlines())


def _spy(spy: str, pid: int, seconds: int, output: Path) -> None:
    command = [spy, "record", "--pid", str(pid), "--rate", str(RATE), "--duration", str(seconds)]
    done = subprocess.run(
        [*command, "--format", "raw", "--output", str(output)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise ProcessFailed(f"py-spy failed: {done.stderr.strip()}")


def _read(probe: subprocess.Popen[bytes]) -> None:
    # It is killed, as it has to be.
    with suppress(ProcessFailed):
        followed(probe)


def read_stacks(lines: Iterable[str]) -> dict[Stack, int]:
    """Return the stacks of py-spy's raw format, frames by function and file, from the handler's own call on."""
    found: dict[Stack, int] = {}
    for line in lines:
        text, _, count = line.rpartition(" ")
        frames = [_named(frame) for frame in text.split(";")]
        start = next((at for at, frame in enumerate(frames) if frame.startswith(HANDLER)), None)
        if start is not None:
            stack = tuple(frames[start:])
            found[stack] = found.get(stack, 0) + int(count)
    return found


def _named(frame: str) -> str:
    # "parse (challenge_neuralworks/serving/body.py:57)" without the line.
    function, _, place = frame.partition(" (")
    return f"{function}  {place.rpartition(':')[0].rpartition('/')[2]}"


def boxes(stacks: Mapping[Stack, int], depth: int = 0, x: int = 0) -> Iterator[Box]:
    """Yield the frames of a flame graph: the widest first, those that are called above those that call."""
    calls: dict[str, dict[Stack, int]] = {}
    for stack, count in stacks.items():
        if stack:
            calls.setdefault(stack[0], {})[stack[1:]] = count
    for name, rest in sorted(calls.items(), key=lambda call: -sum(call[1].values())):
        width = sum(rest.values())
        yield Box(name, depth, x, width)
        yield from boxes(rest, depth + 1, x)
        x += width


def draw(stacks: Mapping[Stack, int], title: str) -> str:
    """Return the flame graph as SVG."""
    total = sum(stacks.values())
    scale = WIDTH / total
    shown = [box for box in boxes(stacks) if box.width * scale >= LEAST]
    height = ROW * (max(box.depth for box in shown) + 3)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" '
        f'font-size="10"><text x="4" y="12" font-size="12">{escape(title)}: {total:,} samples</text>'
    )
    return "\n".join([head, *(_drawn(box, scale, height, total) for box in shown), "</svg>\n"])


def _drawn(box: Box, scale: float, height: int, total: int) -> str:
    x, y, width = box.x * scale, height - ROW * (box.depth + 1), box.width * scale
    room = int((width - 4) / CHARACTER)
    text = box.name if len(box.name) <= room else box.name.partition("  ")[0][:room]
    colour = COLOURS[sum(box.name.encode()) % len(COLOURS)]
    label = f'<text x="{x + 2:.1f}" y="{y + 12}">{escape(text)}</text>' if room > 2 else ""
    return (
        f'<g><title>{escape(box.name)}: {box.width / total:.1%}</title><rect x="{x:.1f}" y="{y}" '
        f'width="{width:.1f}" height="{ROW - 1}" fill="{colour}"/>{label}</g>'
    )
