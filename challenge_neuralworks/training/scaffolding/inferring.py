"""What a column of a file can be: a field of the model, or nothing of use, and why."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.signature import Field
from challenge_neuralworks.training.datasets.sheet import is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MISSING = ("", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "#N/A")
"""Cells that stand for a missing value, where they occur."""

MARGIN = 0.25
"""Of the span between least and largest number seen, allowed on either side: the next row may lie beyond them."""

DIGITS = 2
"""Significant digits of a bound of a number."""

MOST_CATEGORIES = 200
MANY_CATEGORIES = 12
"""From so many on new categories are to be expected, where some of them are rare."""

RARE_ROWS = 10
IDENTIFIER_ROWS = 20
"""Fewer rows may all differ by chance."""

IDENTIFIER = re.compile(r"(?i)^(id|uuid|guid|index|key|row|unnamed: 0)$|[_ -]id$|^id[_ -]")
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}( \d{1,2}:\d{2}.*)?")
# 007 is a code: as a number it would lose its zeros.
WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,14})(\.0+)?")


class LeftOut(NamedTuple):
    """A column that is no field, and why."""

    name: str
    reason: str


def infer(name: str, cells: Sequence[str], decimal: str = ".") -> Field | LeftOut:
    """Return the field that a column can be, or why it can be none.

    Parameters
    ----------
    cells : shape (n_rows,), without the spaces around them.
    decimal : what stands before the decimals of a number.
    """
    present = [cell for cell in cells if cell not in MISSING]
    counts = Counter(present)
    if reason := _useless(name, cells, counts):
        return LeftOut(name, reason)
    field = _number(name, present, counts, decimal)
    if field is None and _is_text(counts, len(cells)):
        return LeftOut(name, f"{len(counts):,} different texts on {len(cells):,} rows: an identifier, or free text")
    field = field or _category(name, counts)
    return field._replace(missing="accept") if len(present) < len(cells) else field


def missing_cells(columns: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return which of `MISSING` occur, the empty cell always among them."""
    found = {cell for column in columns for cell in set(column)}
    return tuple(cell for cell in MISSING if not cell or cell in found)


def decimal_of(columns: Iterable[Sequence[str]], delimiter: str) -> str:
    """Return ``,`` where the cells of a column are numbers with decimal commas, else ``.``."""
    if delimiter == ",":
        return "."
    with_commas = (cell for column in columns if _has_commas(column) for cell in column)
    return "," if next(with_commas, None) is not None else "."


def numbers(cells: Iterable[str], decimal: str) -> list[float] | None:
    """Return cells as numbers, or None where one is none."""
    plain = [cell if decimal == "." else cell.replace(decimal, ".") for cell in cells]
    return [float(cell) for cell in plain] if all(map(is_number, plain)) else None


def is_whole(cells: Iterable[str]) -> bool:
    """Return whether all cells are integers, and none is a code with leading zeros."""
    return all(WHOLE.fullmatch(cell) for cell in cells)


def _has_commas(column: Sequence[str]) -> bool:
    present = [cell for cell in column if cell not in MISSING]
    return any("," in cell for cell in present) and numbers(present, ",") is not None


def _useless(name: str, cells: Sequence[str], counts: Counter[str]) -> str:
    if not counts:
        return "every cell is empty"
    if len(counts) == 1 and counts.total() == len(cells):
        return f"always {next(iter(counts))!r:.40}"
    if all(DATE.fullmatch(cell) for cell in counts):
        return "dates: derive what matters of them, such as the month, in a column of its own"
    return "" if len(cells) < IDENTIFIER_ROWS else _identifies(name, cells, counts)


def _identifies(name: str, cells: Sequence[str], counts: Counter[str]) -> str:
    if IDENTIFIER.search(name) and len(counts) > 0.9 * len(cells):
        return "an identifier by its name, and different on nearly every row"
    if len(counts) == len(cells) and is_whole(counts):
        values = sorted(int(float(cell)) for cell in counts)
        return "numbers the rows" if values[-1] - values[0] < 2 * len(values) else ""
    return ""


def _is_text(counts: Counter[str], rows: int) -> bool:
    return len(counts) > MOST_CATEGORIES or (len(counts) > 0.5 * rows and len(counts) >= IDENTIFIER_ROWS)


def _number(name: str, present: Sequence[str], counts: Counter[str], decimal: str) -> Field | None:
    values = numbers(present, decimal)
    # 007 is read by float(), and is no number all the same.
    if values is None or not all(map(math.isfinite, values)) or any(re.match(r"[+-]?0\d", cell) for cell in counts):
        return None
    least, largest, median = min(values), max(values), sorted(values)[len(values) // 2]
    if is_whole(counts):
        low, high = _bounds(least, largest, whole=True)
        return Field(name, "integer", _described(name), int(median), "", int(low), int(high))
    return Field(name, "number", _described(name), median, "", *_bounds(least, largest, whole=False))


def _bounds(least: float, largest: float, *, whole: bool) -> tuple[float, float]:
    if whole and (least, largest) == (0, 1):
        return 0, 1
    reach = (largest - least) * MARGIN
    step = 10.0 ** (math.floor(math.log10(reach)) - DIGITS + 1) if reach else 1.0
    step = max(step, 1.0) if whole else step
    low, high = math.floor((least - reach) / step) * step, math.ceil((largest + reach) / step) * step
    # What was never negative, such as an age or a weight, is not expected to be.
    low = max(low, 0.0) if least >= 0 else low
    return float(f"{low:.12g}"), float(f"{high:.12g}")


def _category(name: str, counts: Counter[str]) -> Field:
    example = counts.most_common(1)[0][0]
    is_open = len(counts) >= MANY_CATEGORIES and min(counts.values()) < RARE_ROWS
    field = Field(name, "category", _described(name), example)
    return field._replace(unknown="accept") if is_open else field


def _described(name: str) -> str:
    words = " ".join(re.sub(r"[_\s]+", " ", name).split())
    return f"{words[:1].upper()}{words[1:]}."
