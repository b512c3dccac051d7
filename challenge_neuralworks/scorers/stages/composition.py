"""Stages that hold other stages."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class Branches(Stage):
    """Stages side by side, each over some of the columns; what they make stands in their order.

    Parameters
    ----------
    branches : (positions of the incoming columns, stage or None for columns that pass through).
    """

    __slots__ = ("branches",)
    takes: ClassVar = ("branches",)

    def __init__(self, branches: Iterable[Any]) -> None:
        self.branches = tuple((tuple(positions), stage) for positions, stage in branches)

    def apply(self, columns: Columns) -> Columns:
        """Return what all branches make, one after the other."""
        made: Columns = []
        for positions, stage in self.branches:
            chosen = [columns[position] for position in positions]
            made += chosen if stage is None else stage.apply(chosen)
        return made


class Beside(Stage):
    """The incoming columns, followed by what a stage makes of them."""

    __slots__ = ("stage",)
    takes: ClassVar = ("stage",)

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def apply(self, columns: Columns) -> Columns:
        """Return both, one after the other."""
        return [*columns, *self.stage.apply(columns)]


class Weighted(Stage):
    """What a stage makes, times a weight."""

    __slots__ = ("stage", "weight")
    takes: ClassVar = ("stage", "weight")

    def __init__(self, stage: Stage, weight: float) -> None:
        self.stage = stage
        self.weight = weight

    def apply(self, columns: Columns) -> Columns:
        """Return each of the stage's columns times the weight."""
        return [column * self.weight for column in self.stage.apply(columns)]
