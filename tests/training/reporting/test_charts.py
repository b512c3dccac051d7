"""Charts: small, the same each time, and drawn in the page's own ink."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from challenge_neuralworks.errors import ShapeError
from challenge_neuralworks.training.reporting import Series, bar_chart, line_chart, paired_bars

LINE = Series("ours", [0.0, 0.5, 1.0], [0.0, 0.8, 1.0])
CHARTS = {
    "line": lambda: line_chart([LINE, Series("chance", [0, 1], [0, 1])], "false alarms", "found", diagonal=True),
    "bar": lambda: bar_chart(["AUC", "Brier"], [0.7, 0.2], "loss", errors=[0.1, 0.05]),
    "paired": lambda: paired_bars(["a", "b"], [0.25, 0.75], [0.5, 0.5], ("current", "reference")),
}


def _texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_one_small_svg_element(name: str) -> None:
    """It parses, begins with its own tag, scales with the page, and weighs less than 20 kB."""
    svg = CHARTS[name]()
    assert svg.startswith("<svg ")
    assert len(svg) < 20_000
    root = ET.fromstring(svg)  # noqa: S314 - made here.
    assert root.get("viewBox")
    assert (root.get("width"), root.get("height")) == (None, None)


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_numbers_give_the_same_bytes(name: str) -> None:
    """Whatever was drawn before."""
    first = CHARTS[name]()
    CHARTS["bar"]()
    assert CHARTS[name]() == first


def test_names_in_a_drawing_are_those_that_it_uses() -> None:
    """Several drawings share a page: a name that each of them had would be there twice."""
    svg = CHARTS["line"]()
    assert {found for found in re.findall(r'id="([^"]+)"', svg) if f"#{found}" not in svg} == set()


def test_ink_is_the_page_s() -> None:
    """Text and axes are drawn in the colour of the page's text, so that they can be read in the dark as well."""
    svg = CHARTS["paired"]()
    assert "currentColor" in svg
    assert re.findall(r"#000000|#010203|fill: ?black", svg) == []


def test_labels_are_text() -> None:
    """They can be searched and read aloud, dollars are dollars, and letters no font here has are kept."""
    texts = _texts(bar_chart(["$5 <b> $6", "首尔", "x" * 40], [1, 2, 3], "cost & risk"))
    assert texts[-4:] == ["cost & risk", "$5 <b> $6", "首尔", "x" * 31 + "…"]


def test_paired_bars_are_percent() -> None:
    """Shares are shown as percent and both sides named: the axis of 75 % reaches beyond 70."""
    texts = _texts(CHARTS["paired"]())
    assert {"% of rows", "current", "reference", "70"} <= set(texts)
    assert "80" not in texts


def test_a_diagonal_is_drawn_on_request() -> None:
    """One dashed line more, and the lines keep their order."""
    with_it, without = (line_chart([LINE], "x", "y", diagonal=wanted) for wanted in (True, False))
    assert with_it.count("stroke-dasharray") == without.count("stroke-dasharray") + 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda: line_chart([], "x", "y"),
        lambda: line_chart([Series("a", [1, 2], [1])], "x", "y"),
        lambda: line_chart([Series("a", [], [])], "x", "y"),
        lambda: bar_chart(["a"], [1, 2], "x"),
        lambda: bar_chart([], [], "x"),
        lambda: bar_chart(["a"], [1], "x", errors=[1, 2]),
        lambda: paired_bars(["a"], [1], [], ("a", "b")),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw: object) -> None:
    """Lengths that differ, and nothing at all, are said to be so."""
    with pytest.raises(ShapeError, match="a chart needs"):
        draw()  # type: ignore[operator]
