"""One HTML page made of parts, with everything it needs inside it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from challenge_neuralworks.training.reporting.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jinja2 import Template

NOTHING = "-"
"""What a cell without a value shows."""

DIGITS = 4
"""Significant digits of a fraction; integers are shown whole."""


class Table(NamedTuple):
    """Rows of cells below column names; numbers are aligned right, None is an empty cell."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


class Picture(NamedTuple):
    """An SVG drawing, as `charts` makes it; ``alt`` says in words what it shows."""

    title: str
    svg: str
    alt: str
    note: str = ""


class Text(NamedTuple):
    """Paragraphs of plain text."""

    title: str
    paragraphs: Sequence[str]


Part = Table | Picture | Text


def render(title: str, lead: str, parts: Sequence[Part], passed: bool | None = None) -> str:  # noqa: FBT001 - the API.
    """Return a whole HTML page; the same parts give the same bytes.

    Everything in the parts is shown as the text it is, but for a picture's SVG, which is put in as it stands.

    Parameters
    ----------
    lead : one or two sentences below the title: what the page says, for whoever reads nothing else.
    passed : the verdict on top of the page; None where there is none to give.
    """
    return _template().render(title=title, lead=lead, parts=parts, passed=passed)


def write_page(path: Path, html: str) -> None:
    """Write a page, all of it or nothing; makes the folder where it is missing."""
    write_whole(path, html)


def cell(value: object) -> str:
    """Return a cell's text: 68,206 rows, 0.1849 of them, a dash for None."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)


def is_number(value: object) -> bool:
    """Return whether a cell is aligned right."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_numeric(rows: Sequence[Sequence[object]], column: int) -> bool:
    """Return whether a column holds nothing but numbers, so that its name is aligned right as well."""
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and all(map(is_number, values))


def _kind(part: Part) -> str:
    return type(part).__name__.lower()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("challenge_neuralworks.training.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": cell, "kind": _kind}
    environment.tests |= {"a_number": is_number}
    environment.globals |= {"is_numeric": is_numeric}
    return environment.get_template("page.html.j2")
