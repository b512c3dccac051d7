"""The figures as plots: a panel a metric, a bar a contestant, logarithmic, because they differ by powers of ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bench.table import number
from stress_test.peers.figures import SIZE, function_cost, server_dollars, spread

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stress_test.peers.figures import Contestant, Report

OURS, PEER, BATCHING = "#0b6e4f", "#8d99ae", "#3a86ff"


class Panel(NamedTuple):
    """A metric: what it is called, with its unit, and its value."""

    label: str
    value: Callable[[Contestant], float]


def _median(metric: str, scale: float = 1.0) -> Callable[[Contestant], float]:
    return lambda contestant: spread(contestant, metric).median * scale


ANSWERS = (
    Panel("right answers a second\n(more is better)", _median("right_per_s")),
    Panel("p99, ms\n(less is better)", _median("p99_ms")),
    Panel("start to first right\nanswer, s", _median("start_ms", 0.001)),
)
NEEDS = (
    Panel("memory, MiB", _median("pss_mib")),
    Panel("installed, MiB", _median(SIZE)),
    Panel("US dollars a million,\nnever idle", server_dollars),
)
FUNCTIONS = (
    Panel("cold start, ms\n(less is better)", _median("cold_ms")),
    Panel("call p50, ms", _median("call_p50_ms")),
    Panel("peak memory, MiB", _median("peak_rss_mib")),
    Panel("installed, MiB", _median(SIZE)),
    Panel("compute,\nUS dollars a million", lambda one: function_cost(one).compute_dollars),
)
PLOTS = {
    "peers-servers.svg": ("servers", ANSWERS),
    "peers-servers-needs.svg": ("servers", NEEDS),
    "peers-handlers.svg": ("functions", FUNCTIONS),
}
"""File -> which contestants, and their panels."""


def draw(report: Report, folder: Path) -> list[Path]:
    """Write every plot into a folder and return the files."""
    import matplotlib as mpl

    mpl.use("svg")
    # Text as text, and neither a date nor random identifiers: small files, equal for equal figures.
    mpl.rcParams.update({"svg.hashsalt": "peers", "svg.fonttype": "none", "font.size": 9})
    files = []
    for name, (kind, panels) in PLOTS.items():
        if report[kind]:
            _draw(report[kind], panels, folder / name)
            files.append(folder / name)
    return files


def _draw(contestants: list[Contestant], panels: tuple[Panel, ...], path: Path) -> None:
    from matplotlib import pyplot as plt

    # The best of the first panel on top, and the same order in all.
    ordered = sorted(contestants, key=lambda one: (not one["ours"], -_median_of_first(one)))
    columns = 3
    rows = -(-len(panels) // columns)
    height = rows * (0.9 + 0.26 * len(ordered))
    figure, grid = plt.subplots(rows, columns, figsize=(11, height), sharey=True, squeeze=False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _bars(axes, ordered, panel)
    for axes in list(grid.flat)[len(panels) :]:
        axes.axis("off")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _median_of_first(contestant: Contestant) -> float:
    first = contestant["rounds"][0]
    return spread(contestant, "right_per_s").median if "right_per_s" in first else 0.0


def _bars(axes: Any, contestants: list[Contestant], panel: Panel) -> None:
    import matplotlib as mpl

    values = [panel.value(one) for one in contestants]
    colours = [OURS if one["ours"] else BATCHING if one["batching"] else PEER for one in contestants]
    places = range(len(contestants))
    axes.barh(places, values, color=colours)
    axes.set_yticks(places, [one["title"] for one in contestants])
    if not axes.yaxis_inverted():
        axes.invert_yaxis()
    axes.set_xscale("log")
    # Room on the right for the figures, and a bar for the least of them.
    axes.set_xlim(min(values) / 3, max(values) * 6)
    for place, value in zip(places, values, strict=True):
        text = f"{value:,.0f}" if value >= 100 else number(value) if value >= 1 else f"{value:.2g}"
        axes.text(value * 1.1, place, text, va="center", fontsize=8)
    axes.set_title(panel.label, fontsize=9)
    # Nine of them in each power of ten are most of a picture's bytes.
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
