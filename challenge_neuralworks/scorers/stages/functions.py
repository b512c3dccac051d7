"""Functions of one number, by name, so that a pickle holds a word and no function.

Each gives what numpy's function of that name gives, NaN and infinities included, and raises nothing.
"""

from __future__ import annotations

import math
from math import inf, nan

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

    from challenge_neuralworks.scorers.parts import Columns

    Function = Callable[[float], float]


def exp(x: float) -> float:
    """Return e to the power of x; infinity where that is too large."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """Return e to the power of x, less 1; infinity where that is too large."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def square(x: float) -> float:
    """Return x * x."""
    value = float(x)
    return value * value


def sign(x: float) -> float:
    """Return -1, 0 or 1; NaN of NaN."""
    return float((x > 0) - (x < 0)) if x == x else nan  # noqa: PLR0124 - only NaN is not itself


def _on_positives(function: Function, pole: float) -> Function:
    """Return a logarithm that is defined above a pole, as numpy continues it below."""

    def continued(x: float) -> float:
        if x > pole:
            return function(x)
        return -inf if x == pole else nan

    return continued


def _on_the_line(function: Function) -> Function:
    """Return a periodic function with NaN where it has no value: at the infinities."""

    def continued(x: float) -> float:
        return function(x) if math.isfinite(x) else nan

    return continued


FUNCTIONS: dict[str, Function] = {
    "absolute": abs,
    "cbrt": math.cbrt,
    "cos": _on_the_line(math.cos),
    "exp": exp,
    "expm1": expm1,
    "log": _on_positives(math.log, 0.0),
    "log10": _on_positives(math.log10, 0.0),
    "log1p": _on_positives(math.log1p, -1.0),
    "log2": _on_positives(math.log2, 0.0),
    "negative": lambda x: -x,
    "sign": sign,
    "sin": _on_the_line(math.sin),
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else nan,
    "square": square,
    "tanh": math.tanh,
}
"""Name -> function of a number."""


class Each(Stage):
    """A function of each column.

    Parameters
    ----------
    function : name of one of `FUNCTIONS`.
    """

    __slots__ = ("_function", "function")
    takes: ClassVar = ("function",)

    def __init__(self, function: str) -> None:
        self.function = function
        self._function = FUNCTIONS[function]

    def apply(self, columns: Columns) -> Columns:
        """Return the function of each column."""
        return [self._function(x) for x in columns]
