"""What a column can be: kinds, ranges and missing cells as found; what is no use to a model is told with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.training.scaffolding.inferring import LeftOut, decimal_of, infer, missing_cells
from challenge_neuralworks.training.scaffolding.targets import Wanted, task_of
from challenge_neuralworks.training.tasks import REGRESSION, binary, multiclass


def _field(cells: list[str], name: str = "column", decimal: str = ".") -> Field:
    found = infer(name, cells, decimal)
    assert isinstance(found, Field), found
    return found


@pytest.mark.parametrize(
    ("cells", "kind", "minimum", "maximum"),
    [
        (["20", "60"] * 30, "integer", 10, 70),
        (["0", "1"] * 30, "integer", 0, 1),
        (["-4", "4"] * 30, "integer", -6, 6),
        (["1.0", "3.0"] * 30, "integer", 0, 4),
        (["0.5", "1.5"] * 30, "number", 0.25, 1.75),
        (["-1e3", "1e3"] * 30, "number", -1500, 1500),
    ],
)
def test_numbers_have_the_range_seen_and_a_margin(cells: list[str], kind: str, minimum: float, maximum: float) -> None:
    """A quarter of the span on either side; below 0 only where something was."""
    field = _field(cells)
    assert (field.kind, field.minimum, field.maximum) == (kind, minimum, maximum)
    assert Signature([field]).faults({"column": field.example}) == ()


@pytest.mark.parametrize("cells", [["007", "019"] * 30, ["1,5", "2,5"] * 30, ["True", "False"] * 30, ["a", "b"] * 30])
def test_what_is_no_number_is_a_category(cells: list[str]) -> None:
    """Codes with leading zeros, and numbers written otherwise than in the rest of the file."""
    assert _field(cells).kind == "category"
    assert _field(cells).example in cells


def test_missing_cells_make_a_field_that_may_be_missing() -> None:
    """Whatever of the usual marks stands for them; the value None is no such mark."""
    assert _field(["1", "?", "2", ""] * 20).missing == "accept"
    assert _field(["1", "2"] * 20).missing == "refuse"
    assert _field(["None", "some"] * 20).missing == "refuse"
    assert missing_cells([["a", "?"], ["NA", "1"]]) == ("", "?", "NA")


def test_decimal_commas_are_seen_where_commas_do_not_part_cells() -> None:
    """One column of them is enough; text with commas is none."""
    assert decimal_of([["1,5", "2"], ["a", "b"]], ";") == ","
    assert decimal_of([["a,b", "1,5"]], ";") == "."
    assert decimal_of([["1,5", "2,5"]], ",") == "."
    assert _field(["1,5", "2,5"] * 20, decimal=",").kind == "number"


def test_many_categories_of_which_some_are_rare_accept_new_ones() -> None:
    """A list that a next file would lengthen is no closed list."""
    cells = [f"city {number % 15}" for number in range(300)] + ["village"]
    assert (_field(cells).unknown, _field(["a", "b"] * 20).unknown) == ("accept", "refuse")


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("colour", ["red"] * 30, "always 'red'"),
        ("nothing", ["", "?"] * 15, "every cell is empty"),
        ("when", ["2024-01-31", "2024-02-01 10:00"] * 15, "dates: derive"),
        ("when", ["31/01/2024", "1/2/2024"] * 15, "dates: derive"),
        ("row", [str(number) for number in range(30)], "an identifier by its name"),
        ("n", [str(number) for number in range(100, 130)], "numbers the rows"),
        ("customer_id", [str(number * 7919) for number in range(30)], "an identifier by its name"),
        ("note", [f"text {number}" for number in range(30)], "30 different texts on 30 rows"),
        ("zip", [f"0{number}" for number in range(1000, 1030)], "30 different texts on 30 rows"),
    ],
)
def test_what_is_no_use_is_left_out_with_its_reason(name: str, cells: list[str], reason: str) -> None:
    """Constants, identifiers, dates and free text."""
    found = infer(name, cells)
    assert isinstance(found, LeftOut)
    assert found.reason.startswith(reason)


def test_numbers_that_happen_to_differ_are_kept() -> None:
    """Prices and measurements are different on every row, and still say something."""
    assert _field([str(number * number + 13) for number in range(40)], "price").kind == "integer"
    assert _field([f"{number / 7:.3f}" for number in range(40)]).kind == "number"


@pytest.mark.parametrize(
    ("cells", "wanted", "expected"),
    [
        (["no", "yes"] * 30, None, binary("no", "yes")),
        (["1", "0"] * 30, None, binary(0, 1)),
        (["a", "b", "c"] * 30, None, multiclass("a", "b", "c")),
        (["10", "9", "8"] * 30, "classification", multiclass(8, 9, 10)),
        (["01", "2", "3"] * 30, "classification", multiclass("01", "2", "3")),
        (["1.5", "2.5", "3"] * 30, None, REGRESSION),
        ([str(number) for number in range(60)], None, REGRESSION),
        (["10", "9", "8"] * 30, "regression", REGRESSION),
    ],
)
def test_a_target_says_what_it_asks_for(cells: list[str], wanted: Wanted | None, expected: Any) -> None:
    """Classes in their order, integers as integers; a number where values are many or no integers."""
    assert task_of("answer", cells, wanted) == expected


@pytest.mark.parametrize(
    ("cells", "wanted", "message"),
    [
        (
            ["1", "2", "3"] * 30,
            None,
            "3 different integers, 1, 2, 3: classes or amounts\\? Say --task",
        ),
        (["1"] * 60, None, "is always '1': there is nothing to learn"),
        (["a", "b"] * 20, None, "40 rows state 'answer'; a model needs 50"),
        (["a", "b"] * 30 + ["c"], None, "fewer than 10 rows are of 'c' \\(1\\)"),
        ([f"v{number}" for number in range(101)] * 20, None, "101 different values, .* more than 100 classes"),
        (["a", "b"] * 30, "regression", "'a' is no number"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(cells: list[str], wanted: Wanted | None, message: str) -> None:
    """Or one that could be either: it is asked."""
    with pytest.raises(DataError, match=message):
        task_of("answer", cells, wanted)
