"""The schema is made of the fields: what they say is never said again."""

from __future__ import annotations

from typing import Any

import pytest

from challenge_neuralworks.signature import Field
from challenge_neuralworks.training.checks.conformity import conformity
from challenge_neuralworks.training.checks.declared import Declared
from challenge_neuralworks.training.checks.schema import data_frame, data_schema
from challenge_neuralworks.training.datasets import Examples

ANYTHING = Declared(0, (0.0, 1.0), {}, {}, 1.0, moments=False)
AGE = Field("age", "integer", "How old.", 3, "year", 0, 9)
WEIGHT = Field("weight", "number", "How heavy.", 1.0, "kg", -10.0, 10.0)
COLOUR = Field("colour", "category", "Which.", "red", categories=("red", "blue"))
PLACE = Field("place", "category", "Where.", "here")


def _failed(field: Field, values: list[Any], declared: Declared = ANYTHING, **accepted: list[str]) -> list[str]:
    examples = Examples([{field.name: value} for value in values], [0] * len(values))
    schema = data_schema([field], declared, accepted)
    return [finding.check for finding in conformity(schema, data_frame(examples), accepted) if not finding.passed]


def test_a_bound_is_the_field_s() -> None:
    """Whoever moves it in the model moves it here."""
    assert _failed(AGE, [0, 9, 10]) == ["range"]
    assert _failed(AGE._replace(maximum=10), [0, 9, 10]) == []
    assert _failed(WEIGHT, [-10, 10.0, 10.001]) == ["range"]


def test_a_fixed_list_is_the_field_s() -> None:
    """As is whether others are welcome."""
    assert _failed(COLOUR, ["red", "green"]) == ["category"]
    assert _failed(COLOUR._replace(unknown="accept"), ["red", "green"]) == []
    assert _failed(COLOUR._replace(categories=("red", "green")), ["red", "green"]) == []


def test_a_learned_list_is_the_reference_s() -> None:
    """A category that the accepted file has not is new."""
    assert _failed(PLACE, ["here", "there"], place=["here"]) == ["new category"]
    assert _failed(PLACE, ["here", "there"], place=["here", "there"]) == []


@pytest.mark.parametrize("field", [AGE, WEIGHT, COLOUR])
def test_whether_a_value_may_be_missing_is_the_field_s(field: Field) -> None:
    """How many may is declared: the field cannot say."""
    values = [field.example, None, field.example, field.example]
    assert _failed(field, values) == ["missing"]
    optional = field._replace(missing="accept")
    assert _failed(optional, values) == ["missing share"]
    assert _failed(optional, values, ANYTHING._replace(missing_share={field.name: 0.25})) == []


def test_integers_beside_missing_ones_stay_integers() -> None:
    """A frame of pandas' own would turn 3 into 3.0, which no request may hold."""
    frame = data_frame(Examples([{"age": 3}, {"age": None}], [0, 1]))
    assert [type(value) for value in frame["age"]] == [int, type(None)]


def test_every_check_is_reported_also_those_that_pass() -> None:
    """Whoever reads the report sees what was tried."""
    schema = data_schema([AGE], ANYTHING, {})
    found = conformity(schema, data_frame(Examples([{"age": 3}, {"age": 4}], [0, 1])), {})
    assert [(finding.column, finding.check) for finding in found] == [
        ("", "columns"),
        ("", "rows"),
        ("", "identical rows"),
        ("age", "missing"),
        ("age", "type"),
        ("age", "range"),
        ("target", "missing"),
        ("target", "class"),
        ("target", "positive share"),
    ]
    assert all(finding.passed for finding in found)
