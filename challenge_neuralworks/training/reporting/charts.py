"""Small charts as SVG: the same numbers give the same bytes, drawn in the ink of the page that shows them."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from challenge_neuralworks.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

INK = "#010203"
"""Stands for the page's text colour while matplotlib draws, which knows no ``currentColor``."""

COLOURS = ("#3b82c4", "#e0893b", "#4f9d69", "#b565a7", "#8a8f98")
"""Told apart on white and on near-black, also by the colour-blind."""

STYLE: Any = {
    "svg.fonttype": "none",
    # What a drawing calls its parts comes from their content, not from chance.
    "svg.hashsalt": "challenge_neuralworks",
    # A dollar sign is a dollar sign.
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": False,
    "axes.axisbelow": True,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
}

WIDTH_INCHES = 6.0
BAR_INCHES = 0.24
LONGEST_LABEL = 32
MANY_POINTS = 30


class Series(NamedTuple):
    """A line: x and y of its points, each of shape (n_points,)."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]


def line_chart(series: Sequence[Series], x_label: str, y_label: str, diagonal: bool = False) -> str:  # noqa: FBT001, FBT002 - the API.
    """Return lines as SVG; points are marked where there are few of them.

    Parameters
    ----------
    diagonal : also draw y = x, dashed: chance in an ROC curve, perfection in a calibration curve.

    Raises
    ------
    ShapeError : there is no line, or one has no points or not as many xs as ys.
    """
    _refuse_empty("lines", series)
    for line in series:
        _refuse_unequal({f"xs of {line.name}": line.xs, f"ys of {line.name}": line.ys})
    with _Drawing(3.6) as drawing:
        if diagonal:
            drawing.axes.plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=0.8, alpha=0.6)
        for line, colour in zip(series, _colours(len(series)), strict=True):
            marker = "o" if len(line.xs) <= MANY_POINTS else None
            drawing.axes.plot(line.xs, line.ys, color=colour, label=line.name, marker=marker, markersize=3)
        drawing.axes.set_xlabel(x_label)
        drawing.axes.set_ylabel(y_label)
        _legend(drawing.axes)
    return drawing.svg


def bar_chart(
    labels: Sequence[str], values: Sequence[float], x_label: str, errors: Sequence[float] | None = None
) -> str:
    """Return one horizontal bar a label as SVG, the first on top.

    Parameters
    ----------
    errors : half the length of a whisker at each bar's end, shape (n_labels,).

    Raises
    ------
    ShapeError : there are no labels, or the lengths differ.
    """
    _refuse_unequal({"labels": labels, "values": values, **({} if errors is None else {"errors": errors})})
    with _Drawing(_height(len(labels))) as drawing:
        places = np.arange(len(labels))
        drawing.axes.barh(places, values, xerr=errors, color=COLOURS[0], height=0.7, ecolor=INK, capsize=2)
        _label_bars(drawing.axes, labels, x_label)
    return drawing.svg


def paired_bars(labels: Sequence[str], ours: Sequence[float], theirs: Sequence[float], names: tuple[str, str]) -> str:
    """Return two horizontal bars a label as SVG, in percent, the first label on top.

    Parameters
    ----------
    ours, theirs : shares in [0, 1], shape (n_labels,).
    names : what each of the two is, for the legend.

    Raises
    ------
    ShapeError : there are no labels, or the lengths differ.
    """
    _refuse_unequal({"labels": labels, names[0]: ours, names[1]: theirs})
    with _Drawing(_height(len(labels)) + 0.3) as drawing:
        places = np.arange(len(labels))
        for offset, shares, name, colour in zip((-0.2, 0.2), (ours, theirs), names, COLOURS, strict=False):
            percent = [100 * share for share in shares]
            drawing.axes.barh(places + offset, percent, height=0.38, color=colour, label=name)
        _label_bars(drawing.axes, labels, "% of rows")
        _legend(drawing.axes)
    return drawing.svg


class _Drawing:
    """A figure with one pair of axes, and its SVG once the block is left."""

    def __init__(self, height_inches: float) -> None:
        self._height_inches = height_inches
        self._style = mpl.rc_context(STYLE)
        self.svg = ""

    def __enter__(self) -> Self:
        self._style.__enter__()
        self._figure = Figure(figsize=(WIDTH_INCHES, self._height_inches), layout="constrained")
        self.axes = self._figure.add_subplot()
        return self

    def __exit__(self, *failure: object) -> None:
        try:
            if failure[0] is None:
                self.svg = _inline(_draw(self._figure))
        finally:
            self._style.__exit__(None, None, None)


def _draw(figure: Figure) -> str:
    buffer = io.StringIO()
    with warnings.catch_warnings():
        # The reader's own fonts draw the text; matplotlib's need not have every letter.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _inline(svg: str) -> str:
    """Return an SVG file as an element: without prolog, fixed size and names that nothing refers to."""
    svg = svg[svg.index("<svg") :]
    head, _, body = svg.partition(">")
    head = re.sub(r'\s(width|height)="[\d.]+pt"', "", head)
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    used = set(re.findall(r"#([\w-]+)", body))
    body = re.sub(r'(<g) id="([\w.-]+)"', lambda found: found[0] if found[2] in used else found[1], body)
    return f"{head}>{body}".replace(INK, "currentColor").strip()


def _label_bars(axes: Axes, labels: Sequence[str], x_label: str) -> None:
    short = [label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…" for label in labels]
    axes.set_yticks(range(len(labels)), short)
    axes.tick_params(axis="y", length=0)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.set_xlabel(x_label)
    axes.grid(axis="x", color=INK, alpha=0.15, linewidth=0.6)


def _legend(axes: Axes) -> None:
    axes.figure.legend(loc="outside upper left", ncols=3, frameon=False)  # type: ignore[call-arg, unused-ignore]


def _height(bars: int) -> float:
    return 0.7 + BAR_INCHES * max(bars, 2)


def _colours(lines: int) -> Iterator[str]:
    return (COLOURS[index % len(COLOURS)] for index in range(lines))


def _refuse_empty(what: str, values: Sequence[object]) -> None:
    if not len(values):
        raise ShapeError(f"a chart needs {what}; there are none")


def _refuse_unequal(columns: dict[str, Sequence[object]] | dict[str, Sequence[float]]) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ShapeError(f"a chart needs as many of each: {lengths}")
    _refuse_empty(" and ".join(columns), next(iter(columns.values())))
