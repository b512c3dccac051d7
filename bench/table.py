"""The report as a Markdown table, which a terminal shows just as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.rows import Row

COLUMNS = ("what", "ours", "baseline", "ratio", "spread", "budget", "within")
WITHIN = {True: "yes", False: "NO", None: ""}


def render(rows: Sequence[Row]) -> str:
    """Return the table of rows, columns padded to one width."""
    lines = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    texts = [_line(line, widths) for line in lines]
    # The first column is text; figures stand right.
    rule = "|".join(
        "-" * (width + 2) if column == 0 else "-" * (width + 1) + ":" for column, width in enumerate(widths)
    )
    return "\n".join([texts[0], f"|{rule}|", *texts[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cells[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
    ]
    return f"| {' | '.join(padded)} |"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        f"{number(row.ours)} {row.unit}",
        "" if row.baseline is None else f"{number(row.baseline)} {row.unit}",
        "" if row.ratio is None else f"{row.ratio:.2f}x",
        _spread(row),
        _budget(row),
        WITHIN[row.within],
    )


def _spread(row: Row) -> str:
    show = number if row.ratio is None else "{:.2f}".format
    low, high = show(row.spread.low), show(row.spread.high)
    return low if low == high else f"{low} to {high}"


def _budget(row: Row) -> str:
    if row.budget is None:
        return ""
    return f"{row.budget.limit:.2f}x" if row.budget.of == "ratio" else f"{row.budget.limit:g} {row.unit}"


def number(value: float) -> str:
    """Return a figure with as many decimals as it deserves."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
