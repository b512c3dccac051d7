"""Numbers replaced by the values of B-splines."""

from __future__ import annotations

from bisect import bisect_right

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class Splines(Stage):
    """The basis splines of each column.

    Parameters
    ----------
    knots : of each column, in order.
    degree : of the splines.
    outside : what stands beyond the inner knots: "continue" for the outermost polynomials, "periodic" for the
        same curve again, "linear" for lines.
    lines : of each column where outside is "linear": value and slope of each spline at the lowest inner knot,
        then at the highest; slopes of 0 hold the value.
    n_kept : splines of each column that are given.
    """

    __slots__ = ("_curves", "degree", "knots", "lines", "n_kept", "outside")
    takes: ClassVar = ("knots", "degree", "outside", "lines", "n_kept")

    def __init__(
        self, knots: Iterable[Iterable[float]], degree: int, outside: str, lines: Iterable[Any], n_kept: int
    ) -> None:
        self.knots = tuple(tuple(column) for column in knots)
        self.degree = degree
        self.outside = outside
        self.lines = tuple(tuple(tuple(part) for part in column) for column in lines)
        self.n_kept = n_kept
        none = ((),) * len(self.knots)
        self._curves = tuple(zip(self.knots, self.lines or none, strict=True))

    def apply(self, columns: Columns) -> Columns:
        """Return the splines of each column, in turn; zeros of NaN."""
        made: Columns = []
        for x, (knots, lines) in zip(columns, self._curves, strict=True):
            # Knots of one column are as many as those of any other.
            made += self._values(float(x), knots, lines) if x == x else [0.0] * self.n_kept  # noqa: PLR0124 - NaN
        return made

    def _values(self, x: float, knots: Sequence[float], lines: Any) -> list[float]:
        low, high = knots[self.degree], knots[-self.degree - 1]
        if self.outside == "periodic":
            x = low + (x - low) % (high - low)
        elif lines and not low <= x <= high:
            values, slopes, end = (lines[0], lines[1], low) if x < low else (lines[2], lines[3], high)
            lined = [value + (x - end) * slope for value, slope in zip(values, slopes, strict=True)]
            return lined[: self.n_kept]
        splines = basis(x, knots, self.degree)
        if self.outside == "periodic":
            # The last splines are the first ones, one period on.
            inner = len(splines) - self.degree
            splines = [
                value + splines[inner + place] if place < self.degree else value
                for place, value in enumerate(splines[:inner])
            ]
        return splines[: self.n_kept]


def basis(x: float, knots: Sequence[float], degree: int) -> list[float]:
    """Return all basis splines at x, the outermost polynomials continued beyond the inner knots.

    Source: de Boor (1972), Journal of Approximation Theory 6(1), in scipy's order of operations.
    """
    n_splines = len(knots) - degree - 1
    interval = min(max(bisect_right(knots, x) - 1, degree), n_splines - 1)
    values = [1.0]
    for order in range(1, degree + 1):
        raised = [0.0] * (order + 1)
        for place, value in enumerate(values):
            above = knots[interval + place + 1]
            below = knots[interval + place + 1 - order]
            if above != below:
                share = value / (above - below)
                raised[place] += share * (above - x)
                raised[place + 1] = share * (x - below)
        values = raised
    made = [0.0] * n_splines
    made[interval - degree : interval + 1] = values
    return made
