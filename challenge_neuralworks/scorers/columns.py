"""General scorers: a row's features as columns, through stages, into a head."""

from __future__ import annotations

from math import nan

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Head, Scorer, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class ColumnsScorer(Scorer):
    """A head over the features themselves.

    Parameters
    ----------
    features : names, in the order of the columns.
    numbers : positions of those that are numbers: a missing one becomes NaN, a missing category stays None.
    head : turns the columns into a prediction.
    """

    __slots__ = ("_numbers", "features", "head", "numbers")
    takes: ClassVar = ("features", "numbers", "head")

    def __init__(self, features: Iterable[str], numbers: Iterable[int], head: Head) -> None:
        self.features = tuple(features)
        self.numbers = tuple(numbers)
        self.head = head

    def predict(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the head's outputs for one row."""
        columns = [row[feature] for feature in self.features]
        if None in columns:
            for position in self.numbers:
                if columns[position] is None:
                    columns[position] = nan
        return self.head.outputs(columns)


class PipelineHead(Head):
    """A head over what a stage makes of the columns."""

    __slots__ = ("head", "stage")
    takes: ClassVar = ("stage", "head")

    def __init__(self, stage: Stage, head: Head) -> None:
        self.stage = stage
        self.head = head

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the head's outputs."""
        return self.head.outputs(self.stage.apply(columns))

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the head's decision function."""
        return self.head.raw(self.stage.apply(columns))


class Chain(Stage):
    """Stages one after the other; an empty chain changes nothing."""

    __slots__ = ("stages",)
    takes: ClassVar = ("stages",)

    def __init__(self, stages: Iterable[Stage]) -> None:
        self.stages = tuple(stages)

    def apply(self, columns: Columns) -> Columns:
        """Return what the last stage makes."""
        for stage in self.stages:
            columns = stage.apply(columns)
        return columns


class Encode(Stage):
    """Columns that were folded at export: each a table, or a shifted and scaled number, of one incoming column.

    Parameters
    ----------
    lookups : (incoming column, {value: outgoing values}, outgoing values of any other value).
    numbers : (incoming column, mean, scale); these come after all that the lookups give.
    order : position, among the values so made, of each outgoing column.
    """

    __slots__ = ("_lookups", "lookups", "numbers", "order")
    takes: ClassVar = ("lookups", "numbers", "order")

    def __init__(self, lookups: Iterable[Any], numbers: Iterable[Any], order: Iterable[int]) -> None:
        self.lookups = tuple(tuple(lookup) for lookup in lookups)
        self.numbers = tuple(tuple(number) for number in numbers)
        self.order = tuple(order)
        # A missing number arrives as NaN, and always as this one object, which a dict then finds.
        self._lookups = tuple(
            (column, {**table, nan: table[None]} if None in table else table, unknown)
            for column, table, unknown in self.lookups
        )

    def apply(self, columns: Columns) -> Columns:
        """Return the outgoing columns."""
        made: Columns = []
        for column, table, unknown in self._lookups:
            made.extend(table.get(columns[column], unknown))
        for column, mean, scale in self.numbers:
            made.append((columns[column] - mean) / scale)
        return [made[position] for position in self.order]
