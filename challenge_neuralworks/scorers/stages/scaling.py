"""Numbers shifted, scaled, or laid on a circle."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, ClassVar

from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

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
