"""One figure of the report: ours, the baseline's, their ratio, and the budget it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from bench.spread import Spread, ratios, spread_of


class Budget(NamedTuple):
    """The most that a figure may be.

    of : whether the limit is one of our figure, in its own unit, or of its ratio to the baseline's.
    """

    limit: float
    of: Literal["ours", "ratio"]


COLD_START = Budget(1.25, "ratio")
IMPORT_AND_LOAD = Budget(20.0, "ours")
MEMORY = Budget(1.25, "ratio")
SIZE = Budget(5.0, "ours")


class Row(NamedTuple):
    """One line of the table.

    ours, baseline : medians in ``unit``; baseline is None where there is nothing to compare with.
    ratio : median of the ratios of each round.
    spread : of the ratio where there is one, else of ours.
    """

    what: str
    unit: str
    ours: float
    baseline: float | None
    ratio: float | None
    spread: Spread
    budget: Budget | None

    @property
    def within(self) -> bool | None:
        """Whether the budget holds; None without one."""
        if self.budget is None:
            return None
        measured = self.ours if self.budget.of == "ours" else self.ratio
        return measured is not None and measured <= self.budget.limit


def alone(what: str, unit: str, ours: Sequence[float], budget: Budget | None = None) -> Row:
    """Return the row of a figure that nothing is compared with."""
    spread = spread_of(ours)
    return Row(what, unit, spread.median, None, None, spread, budget)


def compared(
    what: str, unit: str, ours: Sequence[float], baseline: Sequence[float], budget: Budget | None = None
) -> Row:
    """Return the row of a figure and the baseline's, measured in the same rounds."""
    spread = spread_of(ratios(ours, baseline))
    return Row(what, unit, spread_of(ours).median, spread_of(baseline).median, spread.median, spread, budget)


def broken(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose budget does not hold."""
    return [row for row in rows if row.within is False]
