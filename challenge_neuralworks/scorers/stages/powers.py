"""Products of numbers, and numbers raised to fitted powers."""

from __future__ import annotations

from math import inf, log, log1p, nan

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage
from challenge_neuralworks.scorers.stages.functions import expm1

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns

EPSILON = 2.220446049250313e-16
"""Distance of 1.0 from the next float: a power closer than this to a special one is that one."""


class Products(Stage):
    """Products of columns, each made of a product that is one factor shorter.

    Parameters
    ----------
    steps : (earlier product, column) of each product; product 0 is 1, and product i + 1 is of step i.
    kept : the products that are given, in order.
    """

    __slots__ = ("kept", "steps")
    takes: ClassVar = ("steps", "kept")

    def __init__(self, steps: Iterable[Any], kept: Iterable[int]) -> None:
        self.steps = tuple((earlier, column) for earlier, column in steps)
        self.kept = tuple(kept)

    def apply(self, columns: Columns) -> Columns:
        """Return the products that are kept."""
        # Products of Python's integers have no bounds, and may be too large for a float.
        values = [float(x) for x in columns]
        products = [1.0]
        for earlier, column in self.steps:
            products.append(products[earlier] * values[column])
        return [products[product] for product in self.kept]


class YeoJohnson(Stage):
    """Yeo and Johnson's power transform.

    Parameters
    ----------
    powers : lambda of each column.

    Source: Yeo and Johnson (2000), Biometrika 87(4), in the form of scipy, which loses no digits near 0.
    """

    __slots__ = ("powers",)
    takes: ClassVar = ("powers",)

    def __init__(self, powers: Iterable[float]) -> None:
        self.powers = tuple(powers)

    def apply(self, columns: Columns) -> Columns:
        """Return each column transformed."""
        return [yeo_johnson(x, power) for x, power in zip(columns, self.powers, strict=True)]


class BoxCox(Stage):
    """Box and Cox's power transform of positive numbers.

    Parameters
    ----------
    powers : lambda of each column.

    Source: Box and Cox (1964), Journal of the Royal Statistical Society B 26(2).
    """

    __slots__ = ("powers",)
    takes: ClassVar = ("powers",)

    def __init__(self, powers: Iterable[float]) -> None:
        self.powers = tuple(powers)

    def apply(self, columns: Columns) -> Columns:
        """Return each column transformed."""
        return [box_cox(x, power) for x, power in zip(columns, self.powers, strict=True)]


def yeo_johnson(x: float, power: float) -> float:
    """Return ((x + 1) ** power - 1) / power, and its mirror image with 2 - power below 0."""
    if x >= 0:
        return _power(log1p(x), power)
    return -_power(log1p(-x), 2.0 - power) if x < 0 else nan


def box_cox(x: float, power: float) -> float:
    """Return (x ** power - 1) / power of a positive number, or its logarithm where power is 0."""
    if x > 0:
        return _power(log(x), power)
    return nan if x != 0 else (-1.0 / power if power > 0 else -inf)


def _power(logarithm: float, power: float) -> float:
    return logarithm if abs(power) < EPSILON else expm1(power * logarithm) / power
