"""Runs side by side as one picture: what was asked, answered and refused in each second, and environments begun."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from stress_test.aws.counting import FAILED, REFUSED, RIGHT, THROTTLED
from stress_test.checking import WRONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stress_test.aws.counting import Run

COLOURS = {RIGHT: "#4f9d69", THROTTLED: "#e0b13b", REFUSED: "#d1603d", WRONG: "#7b2d8b", FAILED: "#555555"}
"""Kind -> colour, in the order in which they are stacked."""

LABELS = {RIGHT: "right answers", THROTTLED: "429", REFUSED: "500", WRONG: "wrong", FAILED: "no answer"}
ARRIVALS, COLD = "#1b1b1b", "#3b82c4"
PANEL, GAP, LEFT, TOP = 280.0, 24.0, 52.0, 58.0
HIGH, LOW, BETWEEN = 200.0, 44.0, 30.0
"""Heights of the two charts of a panel, and the space between them."""

FONT = 'font-family="sans-serif" font-size="11" fill="#1b1b1b"'


def draw(runs: Sequence[Run]) -> str:
    """Return the picture as SVG, a panel for each run, all on the same scales."""
    width = LEFT + len(runs) * (PANEL + GAP)
    height = TOP + HIGH + BETWEEN + LOW + 34
    most = max((second.due for run in runs for second in run.by_second), default=0) or 1
    most_cold = max((second.cold for run in runs for second in run.by_second), default=0) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" {FONT} role="img">',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *_legend(runs),
        *_scale(most, TOP, HIGH, "requests a second"),
        *_scale(most_cold, TOP + HIGH + BETWEEN, LOW, "cold starts"),
    ]
    for number, run in enumerate(runs):
        parts += [
            f'<g transform="translate({LEFT + number * (PANEL + GAP):g} {TOP:g})">',
            *_panel(run, most, most_cold),
        ]
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _panel(run: Run, most: int, most_cold: int) -> Iterator[str]:
    account = run.account
    yield f'<text y="-10" font-weight="bold">{escape(account.name)}, concurrency {account.concurrency:,}</text>'
    below = [0.0] * len(run.by_second)
    for kind, colour in COLOURS.items():
        values = [second.counts.get(kind, 0) for second in run.by_second]
        if any(values):
            yield f'<path shape-rendering="crispEdges" fill="{colour}" d="{_bars(values, below, most, HIGH)}"/>'
        below = [low + value for low, value in zip(below, values, strict=True)]
    yield f'<path fill="none" stroke="{ARRIVALS}" d="{_steps([second.due for second in run.by_second], most)}"/>'
    cold = [second.cold for second in run.by_second]
    yield f'<g transform="translate(0 {HIGH + BETWEEN:g})"><path fill="{COLD}" d="'
    yield f'{_bars(cold, [0.0] * len(cold), most_cold, LOW)}"/><path stroke="#999" d="M0 {LOW:g}h{PANEL:g}"/>'
    yield f'<text y="{LOW + 14:g}">0</text>'
    yield f'<text x="{PANEL:g}" y="{LOW + 14:g}" text-anchor="end">{run.seconds:g} s</text></g>'
    yield f'<path stroke="#999" d="M0 {HIGH:g}h{PANEL:g}"/>'


def _bars(values: Sequence[float], below: Sequence[float], most: float, height: float) -> str:
    wide = PANEL / max(1, len(values))
    bars = []
    for number, (value, low) in enumerate(zip(values, below, strict=True)):
        if value:
            top, tall = height * (1 - (low + value) / most), height * value / most
            bars.append(f"M{number * wide:.1f} {top:.1f}h{wide:.1f}v{tall:.1f}h-{wide:.1f}z")
    return "".join(bars)


def _steps(values: Sequence[int], most: int) -> str:
    wide = PANEL / max(1, len(values))
    heights = [HIGH * (1 - value / most) for value in values]
    return "M0 " + "".join(f"{'' if not n else 'V'}{y:.1f}h{wide:.1f}" for n, y in enumerate(heights))


def _scale(most: int, top: float, height: float, what: str) -> Iterator[str]:
    yield f'<text x="{LEFT - 6:g}" y="{top + 10:g}" text-anchor="end">{most:,}</text>'
    yield f'<text x="{LEFT - 6:g}" y="{top + height:g}" text-anchor="end">0</text>'
    middle = top + height / 2
    yield f'<text transform="translate(12 {middle:g}) rotate(-90)" text-anchor="middle">{what}</text>'


def _legend(runs: Sequence[Run]) -> Iterator[str]:
    x = LEFT
    shown = {LABELS[kind]: colour for kind, colour in COLOURS.items() if any(run.count(kind) for run in runs)}
    for label, colour in {"arrivals": ARRIVALS, **shown, "cold starts": COLD}.items():
        yield f'<rect x="{x:g}" y="12" width="12" height="10" fill="{colour}"/>'
        yield f'<text x="{x + 16:g}" y="21">{label}</text>'
        x += 34 + 6.2 * len(label)
