"""What checks are run on, and the rows they ask it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.testing.report import NothingToCheck
from challenge_neuralworks.training.edges import NUMBERS, UNSEEN, edge_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.artifact import Golden
    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Field, Row, Signature

MIXED = 200
"""Rows with a random edge in every field."""

HUGE_AND_TINY = (*NUMBERS, -1e300, -1e18, -1e-300, 1e-300, 5e-324, 1e18, 1e300)
"""Numbers that overflow a square, vanish in a sum or have no reciprocal."""


class Subject(NamedTuple):
    """A scorer behind its signature, with what it must agree with.

    name : of what is checked, for people.
    scorer, signature : what is checked.
    features : what the scorer takes, from a checked row.
    rows : data that pass the signature.
    classes : what each position of a prediction stands for; empty for a regression.
    expected : predictions of rows, as they must be, shape (n_rows, n_outputs); None where nothing knows them.
    golden : instances with the predictions promised for them.
    tolerance : largest difference, of values beyond 1 relative to them.
    folder : of the sealed artifact; None before it is sealed.
    """

    name: str
    scorer: Scorer
    signature: Signature
    features: Callable[[Row], Row]
    rows: Sequence[Row]
    classes: tuple[Any, ...]
    expected: Callable[[Sequence[Row]], Any] | None
    golden: tuple[Golden, ...]
    tolerance: float
    folder: str | None = None

    def predict(self, row: Row) -> tuple[float, ...]:
        """Return the prediction of one row."""
        return self.scorer.predict(self.features(row))

    def predict_many(self, rows: Sequence[Row]) -> list[tuple[float, ...]]:
        """Return the predictions of rows, all at once."""
        return self.scorer.predict_many([self.features(row) for row in rows])


def edges(subject: Subject) -> list[Row]:
    """Return rows at every edge of every field, alone and mixed."""
    return edge_rows(subject.signature, mixed=MIXED)


def with_unseen(subject: Subject) -> list[Row]:
    """Return rows with a category that is in no data, in each field that accepts one."""
    fields = [field for field in subject.signature.fields if field.kind == "category" and field.unknown == "accept"]
    return _replaced(subject, {field.name: UNSEEN for field in fields}, "no field accepts unknown categories")


def with_missing(subject: Subject) -> list[Row]:
    """Return rows with a missing value in each field that accepts one, and in all of them."""
    names = [field.name for field in subject.signature.fields if field.missing == "accept"]
    rows = _replaced(subject, dict.fromkeys(names, (None,)), "no field accepts missing values")
    return [*rows, *({**row, **dict.fromkeys(names)} for row in _some(subject))]


def with_huge_and_tiny(subject: Subject) -> list[Row]:
    """Return rows with numbers as large and as small as each field's bounds let through."""
    fields = [field for field in subject.signature.fields if field.kind != "category"]
    return _replaced(subject, {field.name: _extremes(field) for field in fields}, "no field is a number")


def example_rows(subject: Subject) -> list[Row]:
    """Return some data and some edges, in an order of no meaning."""
    rows = [*_some(subject, 100), *edges(subject)[-100:]]
    random.Random(1).shuffle(rows)  # noqa: S311 - test data, no secret.
    return rows


def _extremes(field: Field) -> Sequence[Any]:
    inside = [number for number in HUGE_AND_TINY if field.minimum <= number <= field.maximum]
    if field.kind == "integer":
        # 1e300 is an integer too, but one that no int64 column of a frame can hold.
        return sorted({int(number) for number in inside if number.is_integer() and abs(number) <= 1e18})
    return inside


def _some(subject: Subject, most: int = 5) -> list[Row]:
    return list(subject.rows[:most]) or [subject.signature.example()]


def _replaced(subject: Subject, values: dict[str, Sequence[Any]], without: str) -> list[Row]:
    if not values:
        raise NothingToCheck(without)
    some = _some(subject)
    return [{**row, name: value} for name, listed in values.items() for value in listed for row in some]
