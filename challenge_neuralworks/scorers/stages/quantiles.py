"""Numbers replaced by their place among quantiles."""

from __future__ import annotations

from bisect import bisect_right
from math import log, sqrt

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns

THRESHOLD = 1e-7
"""How near to the ends a value takes the end's own place, where the result is normal."""

# Coefficients of Wichura (1988), AS 241, Applied Statistics 37(3), from the highest power down.
CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
SIDES = (
    (7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0),
)  # fmt: skip
TAILS = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip


class Quantiles(Stage):
    """The share of the training data below each column, interpolated between quantiles.

    Parameters
    ----------
    quantiles : of each column, from the smallest, at each of ``references``.
    references : shares, from 0 to 1.
    limits : where the share is turned into a normal number, the smallest and the largest; else empty.
    """

    __slots__ = ("_curves", "limits", "quantiles", "references")
    takes: ClassVar = ("quantiles", "references", "limits")

    def __init__(
        self, quantiles: Iterable[Iterable[float]], references: Iterable[float], limits: Iterable[float]
    ) -> None:
        self.quantiles = tuple(tuple(values) for values in quantiles)
        self.references = tuple(references)
        self.limits = tuple(limits)
        mirrored = [-share for share in reversed(self.references)]
        self._curves = tuple(
            (values, self.references, [-value for value in reversed(values)], mirrored) for values in self.quantiles
        )

    def apply(self, columns: Columns) -> Columns:
        """Return the place of each column; NaN of NaN."""
        place = self._normal if self.limits else _uniform
        return [
            place(float(x), curve) if x == x else x  # noqa: PLR0124 - only NaN is not itself
            for x, curve in zip(columns, self._curves, strict=True)
        ]

    def _normal(self, x: float, curve: Any) -> float:
        if x - THRESHOLD < curve[0][0]:
            return self.limits[0]
        if x + THRESHOLD > curve[0][-1]:
            return self.limits[1]
        share = _share(x, curve)
        if not 0.0 < share < 1.0:
            return self.limits[share >= 1.0]
        return min(max(inverse_normal(share), self.limits[0]), self.limits[1])


def _uniform(x: float, curve: Any) -> float:
    if x == curve[0][0]:
        return 0.0
    return 1.0 if x == curve[0][-1] else _share(x, curve)


def _share(x: float, curve: Any) -> float:
    # Both ways, so that a value that is many quantiles at once takes the middle of them.
    quantiles, references, descending, mirrored = curve
    return 0.5 * (interpolated(x, quantiles, references) - interpolated(-x, descending, mirrored))


def interpolated(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return y at x on the line through the points, level beyond them, as numpy's `interp` does."""
    right = bisect_right(xs, x)
    if right == 0:
        return ys[0]
    left = right - 1
    if right == len(xs) or xs[left] == x:
        return ys[left]
    slope = (ys[right] - ys[left]) / (xs[right] - xs[left])
    return slope * (x - xs[left]) + ys[left]


def inverse_normal(share: float) -> float:
    """Return the standard normal number that a share, between 0 and 1, is below.

    Source: Wichura (1988), AS 241, PPND16; about 16 digits.
    """
    centred = share - 0.5
    if abs(centred) <= 0.425:
        return centred * _ratio(CENTRE, 0.180625 - centred * centred)
    depth = sqrt(-log(min(share, 1.0 - share)))
    value = _ratio(SIDES, depth - 1.6) if depth <= 5.0 else _ratio(TAILS, depth - 5.0)
    return value if centred > 0.0 else -value


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> float:
    above = below = 0.0
    for upper, lower in zip(*polynomials, strict=True):
        above = above * x + upper
        below = below * x + lower
    return above / below
