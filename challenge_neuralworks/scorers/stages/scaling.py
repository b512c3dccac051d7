"""Numbers shifted, scaled, held between bounds, or laid on a circle."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class Standardize(Stage):
    """``(column - mean) / scale``.

    Parameters
    ----------
    means, scales : of each column.
    """

    __slots__ = ("means", "scales")
    takes: ClassVar = ("means", "scales")

    def __init__(self, means: Iterable[float], scales: Iterable[float]) -> None:
        self.means = tuple(means)
        self.scales = tuple(scales)

    def apply(self, columns: Columns) -> Columns:
        """Return each column scaled."""
        return [(x - mean) / scale for x, mean, scale in zip(columns, self.means, self.scales, strict=True)]


class Circle(Stage):
    """Sine and cosine of each column, as an angle."""

    __slots__ = ("period",)
    takes: ClassVar = ("period",)

    def __init__(self, period: float) -> None:
        self.period = period

    def apply(self, columns: Columns) -> Columns:
        """Return sine and cosine of each column, in turn."""
        angles = [2.0 * pi * x / self.period for x in columns]
        return [part for angle in angles for part in (sin(angle), cos(angle))]


class Stretch(Stage):
    """``column * scale + shift``, which is rounded differently from `Standardize`.

    Parameters
    ----------
    scales, shifts : of each column.
    """

    __slots__ = ("scales", "shifts")
    takes: ClassVar = ("scales", "shifts")

    def __init__(self, scales: Iterable[float], shifts: Iterable[float]) -> None:
        self.scales = tuple(scales)
        self.shifts = tuple(shifts)

    def apply(self, columns: Columns) -> Columns:
        """Return each column stretched and shifted."""
        return [x * scale + shift for x, scale, shift in zip(columns, self.scales, self.shifts, strict=True)]


class Clip(Stage):
    """Each column held between two bounds; NaN stays NaN."""

    __slots__ = ("high", "low")
    takes: ClassVar = ("low", "high")

    def __init__(self, low: float, high: float) -> None:
        self.low = low
        self.high = high

    def apply(self, columns: Columns) -> Columns:
        """Return each column, or the bound that it is beyond."""
        low, high = self.low, self.high
        # In this order of arguments a comparison with NaN, which is false, keeps the NaN.
        return [min(max(x, low), high) for x in columns]


class Threshold(Stage):
    """1 where a column is greater than a threshold, else 0."""

    __slots__ = ("threshold",)
    takes: ClassVar = ("threshold",)

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def apply(self, columns: Columns) -> Columns:
        """Return 1 or 0 for each column."""
        return [1.0 if x > self.threshold else 0.0 for x in columns]


class UnitNorm(Stage):
    """The row over its norm.

    Parameters
    ----------
    norm : "l1", "l2" or "max".
    smallest : a norm below it counts as 1.
    """

    __slots__ = ("norm", "smallest")
    takes: ClassVar = ("norm", "smallest")

    def __init__(self, norm: str, smallest: float) -> None:
        self.norm = norm
        self.smallest = smallest

    def apply(self, columns: Columns) -> Columns:
        """Return each column over the norm of all."""
        # Products of Python's integers have no bounds, and may be too large for a float.
        values = [float(x) for x in columns]
        if self.norm == "l2":
            norm = sqrt(sum([x * x for x in values]))
        elif self.norm == "l1":
            norm = sum([abs(x) for x in values])
        else:
            norm = max([abs(x) for x in values])
        if norm < self.smallest:
            norm = 1.0
        return [x / norm for x in values]
