"""Medians, quartiles and ratios of repeated measurements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """The middle of repeated measurements: half of them lie between ``low`` and ``high``."""

    median: float
    low: float
    high: float


def spread_of(values: Sequence[float]) -> Spread:
    """Return the median and the quartiles of one or more values.

    Raises
    ------
    ValueError : there are none.

    Source: Hyndman and Fan (1996), The American Statistician 50(4), definition 7, as numpy and R default to.
    """
    if not values:
        raise ValueError("a spread needs one value at least")
    return Spread(percentile(values, 0.5), percentile(values, 0.25), percentile(values, 0.75))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all, in [0, 1], does not exceed; between two, interpolated.

    Raises
    ------
    ValueError : there are no values.
    """
    if not values:
        raise ValueError("a percentile needs one value at least")
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def ratios(ours: Sequence[float], baseline: Sequence[float]) -> list[float]:
    """Return ours over the baseline's of the same round, shape (n_rounds,).

    Both ran within moments of each other, so what slows the machine for a while leaves their ratio alone.

    Raises
    ------
    ValueError : the lengths differ.
    """
    return [one / other for one, other in zip(ours, baseline, strict=True)]
