"""Cells are read as the same value in a JSON body would be, by the schema of their field."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from challenge_neuralworks.cli.cells import MISSING, text_reader, value_reader
from challenge_neuralworks.signature import Field, Signature

INTEGER = Field("n", "integer", "A count.", 1, "", 0, 100)
NUMBER = Field("x", "number", "A size.", 1.5)
CATEGORY = Field("c", "category", "A kind.", "a", categories=("a", "NA"))


def _read(field: Field, text: str) -> Any:
    return text_reader(field.json_schema())(text)


@pytest.mark.parametrize(("text", "value"), [("9", 9), ("0", 0), ("-3", -3), ("1" * 200, int("1" * 200))])
def test_integers_are_json_s(text: str, value: int) -> None:
    """A cell that is an integer of JSON's grammar is one, and of type int."""
    assert (_read(INTEGER, text), type(_read(INTEGER, text))) == (value, int)


@pytest.mark.parametrize("text", ["9.0", " 9", "9 ", "09", "+9", "1_0", "1e2", "\u0669", "nine", "true", "1" * 5_000])
def test_other_spellings_of_an_integer_are_refused(text: str) -> None:
    """What JSON would not read as an integer stays text, and the check of the instance names it."""
    (fault,) = Signature((INTEGER,)).faults({"n": _read(INTEGER, text)})
    assert (fault.pointer, fault.code) == ("#/n", "not-an-integer")


@pytest.mark.parametrize(("text", "value"), [("9", 9), ("9.5", 9.5), ("-1e-3", -0.001), ("1E3", 1000.0)])
def test_numbers_are_json_s(text: str, value: float) -> None:
    """A number may be an integer or a float, and is of that type."""
    assert (_read(NUMBER, text), type(_read(NUMBER, text))) == (value, type(value))


@pytest.mark.parametrize("text", [".5", "5.", "1e999", "inf", "nan", "0x1", "1,5"])
def test_other_spellings_of_a_number_are_refused(text: str) -> None:
    """JSON has no infinities, and no number begins or ends with its point."""
    (fault,) = Signature((NUMBER,)).faults({"x": _read(NUMBER, text)})
    assert fault.code == "not-a-number"


@pytest.mark.parametrize("field", [INTEGER, NUMBER, CATEGORY])
@pytest.mark.parametrize("text", ["", *sorted(MISSING)])
def test_a_missing_value_is_null_where_it_may_be_missing(field: Field, text: str) -> None:
    """The empty cell and what programs write for it, but not where that is a category of the field."""
    known = text in field.categories
    assert _read(field._replace(missing="accept"), text) == (text if known else None)


@pytest.mark.parametrize("field", [INTEGER, NUMBER, CATEGORY, CATEGORY._replace(unknown="accept")])
def test_an_empty_cell_is_a_fault_where_nothing_may_be_missing(field: Field) -> None:
    """Null, not the empty string: a field that accepts unknown strings must not take it for one."""
    assert _read(field, "") is None
    assert len(Signature((field,)).faults({field.name: _read(field, "")})) == 1


@pytest.mark.parametrize("value", [0, 2.5, "a", None, True])
def test_typed_values_stay(value: object) -> None:
    """A column of a Parquet file has types of its own; none is made into another."""
    assert value_reader(NUMBER.json_schema())(value) is value


def test_a_typed_nan_is_null_or_text() -> None:
    """No JSON number: missing where that is accepted, else something that the check refuses by name."""
    nan = float("nan")
    assert value_reader(NUMBER._replace(missing="accept").json_schema())(nan) is None
    assert value_reader(NUMBER.json_schema())(nan) == "nan"
    assert value_reader(NUMBER._replace(missing="accept").json_schema())(float("inf")) == "inf"


def test_csv_cells_are_plain() -> None:
    """What a spreadsheet quotes is the same value."""
    (cells,) = csv.reader(io.StringIO('"9",9\n'))
    assert [_read(INTEGER, cell) for cell in cells] == [9, 9]
