"""What one check found: passed or not, with the values and the lines that made it fail."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.datasets import line_of
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from challenge_neuralworks.signature import Value

MOST_VALUES = 10
"""Offending values that a finding lists, the most frequent ones."""

MOST_LINES = 5
"""Offending lines that a finding lists, the first ones."""


class Finding(NamedTuple):
    """One check and its outcome.

    check : name of the rule, e.g. ``range``; column : what it is about, "" for the whole data set.
    detail : for people: what was found and what was expected.
    values : offending values and how often each occurs.
    lines : the first offending lines of the file, counted from 1; affected : how many rows there are.
    figures : what was measured, by name.
    """

    check: str
    column: str
    passed: bool
    detail: str
    values: tuple[tuple[Value, int], ...] = ()
    lines: tuple[int, ...] = ()
    affected: int = 0
    figures: Mapping[str, float] = {}

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "check": self.check,
            "column": self.column,
            "passed": self.passed,
            "detail": self.detail,
            "values": [{"value": value, "rows": rows} for value, rows in self.values],
            "lines": list(self.lines),
            "rows": self.affected,
            "figures": {name: float(f"{figure:.6g}") for name, figure in self.figures.items()},
        }


class DataRejected(DataError):
    """A data set failed its checks; names the columns that did, and the report that says why."""

    code = "data-rejected"

    def __init__(self, model: str, findings: Iterable[Finding], report: object) -> None:
        failed = tuple(finding for finding in findings if not finding.passed)
        places = ", ".join(dict.fromkeys(f"{finding.column or 'all rows'} ({finding.check})" for finding in failed))
        super().__init__(f"the data of {model} failed {len(failed)} checks: {places}; {report} says why")
        self.model = model
        self.findings = failed
        self.report = report


def offending(check: str, column: str, detail: str, values: Sequence[Any], positions: Sequence[int]) -> Finding:
    """Return a failed finding about rows, with their values and lines.

    Parameters
    ----------
    values : of the offending rows, and positions : of these rows counted from 0, both of shape (n_offending,).
    """
    counts = Counter(map(_plain, values))
    listed = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))[:MOST_VALUES]
    lines = tuple(line_of(position) for position in sorted(positions)[:MOST_LINES])
    detail = f"{detail}; {_named(listed, lines, len(positions))}"
    return Finding(
        check, column, passed=False, detail=detail, values=tuple(listed), lines=lines, affected=len(positions)
    )


def _plain(value: Any) -> Value:
    """Return a value that JSON can state; of another type only how it is written."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is missing.
        return None
    return value if isinstance(value, int | float | str) else repr(value)


def _named(listed: Sequence[tuple[Value, int]], lines: Sequence[int], rows: int) -> str:
    values = ", ".join(show(value) for value, _ in listed[:3]) + (", ..." if len(listed) > 3 else "")
    places = ", ".join(map(str, lines)) + (", ..." if rows > len(lines) else "")
    return f"found {values} on {rows:,} {'row' if rows == 1 else 'rows'}, line {places}"
