"""The pictures of a report, as files that MLflow's pages show beside the report itself."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 800
"""Pixels. Without a size of its own MLflow's page draws a picture 0 pixels wide."""

# As the template of reports has it: a heading, and in a figure below it the drawing.
PICTURE = re.compile(
    r"<h2>([^<]*)</h2>\s*<figure>\s*<div[^>]*>\s*<svg([^>]* viewBox=\"0 0 ([\d.]+) ([\d.]+)\".*?</svg>)", re.DOTALL
)


def write_plots(report: Path, folder: Path) -> tuple[str, ...]:
    """Write each drawing of an HTML report as SVG, named after the report and its heading; return the names."""
    names = []
    for heading, drawing, width, height in PICTURE.findall(report.read_text(encoding="utf-8")):
        words = re.sub(r"\W+", "-", unescape(heading).lower()).strip("-")
        name = f"{report.stem}-{words}.svg"
        size = f'width="{WIDTH}" height="{WIDTH * float(height) / float(width):.0f}"'
        # The report's ink is that of its page; alone it is black, so it needs paper.
        (folder / name).write_text(f'<svg {size} style="background: #fff"{drawing}\n', encoding="utf-8")
        names.append(name)
    return tuple(names)
