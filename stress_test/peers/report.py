"""What a run leaves: peers.json, peers.md, plots, a page; and on request the figures in docs/peers.md."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError
from stress_test.peers.plots import draw
from stress_test.peers.tables import claims, functions, html, markdown, notes, origin, servers

if TYPE_CHECKING:
    from stress_test.peers.figures import Report

NAME = "peers.json"
BEGIN, END = "<!-- figures: written by make bench-peers ARGS=--docs -->", "<!-- end of figures -->"
TABLES = {"Servers": servers, "Handlers": functions, "Claims": claims}

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1b1b }
table { border-collapse: collapse; font-size: 13px; margin: 1rem 0 }
td, th { border-bottom: 1px solid #ddd; padding: .25rem .6rem; text-align: right }
td:first-child, th:first-child { text-align: left }
svg { max-width: 100%; height: auto }
"""


class NoPlace(BenchError):
    """The page does not say where the figures go."""


class NoReport(BenchError):
    """There is no report to write anew."""


def write(report: Report, folder: Path) -> None:
    """Write a report and all that is made of it into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (folder / "peers.md").write_text(told(report) + "\n", encoding="utf-8")
    plots = draw(report, folder)
    (folder / "index.html").write_text(page(report, [path.read_text(encoding="utf-8") for path in plots]), "utf-8")


def read(folder: Path) -> Report:
    """Return the report of an earlier run.

    Raises
    ------
    NoReport : there is none.
    """
    try:
        report: Report = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoReport(f"{folder / NAME} cannot be read: {error}; run make bench-peers first") from error
    return report


def told(report: Report) -> str:
    """Return a report in Markdown."""
    parts = [origin(report), *(markdown(table(report)) for table in TABLES.values())]
    if said := notes(report):
        parts.append("\n".join(f"- {note}" for note in said))
    return "\n\n".join(parts)


def page(report: Report, plots: list[str]) -> str:
    """Return a report as a page that needs no other file."""
    # What stands before the picture's own element is of no use within a page.
    drawn = "".join(plot[plot.index("<svg") :] for plot in plots)
    tables = "".join(f"<h2>{name}</h2>{html(table(report))}" for name, table in TABLES.items())
    said = "".join(f"<li>{escape(note)}</li>" for note in notes(report))
    body = f"<h1>Beside the peers</h1><p>{escape(origin(report))}</p>{tables}<ul>{said}</ul>{drawn}"
    head = f'<meta charset="utf-8"><title>Beside the peers</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def document(report: Report, docs: Path) -> None:
    """Write the figures and plots of a report into docs/.

    Raises
    ------
    NoPlace : the page does not say where the figures go.
    """
    target = docs / "peers.md"
    before, begin, rest = target.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"{target} must hold {BEGIN} and, below it, {END}")
    images = "\n".join(f"![{path.stem}]({path.name})" for path in draw(report, docs))
    target.write_text(f"{before}{BEGIN}\n\n{told(report)}\n\n{images}\n\n{END}{after}", encoding="utf-8")
