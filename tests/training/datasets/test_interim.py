"""Examples between stages: what is read is what was written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.models.income import Income
from challenge_neuralworks.signature import Field
from challenge_neuralworks.training.datasets import (
    Examples,
    read_census,
    read_examples,
    read_flights,
    write_examples,
)
from tests.training.census_sample import write_census

FIELDS = (
    Field("colour", "category", "", "red", missing="accept"),
    Field("age", "integer", "", 3, "", 0, 9, missing="accept"),
    Field("weight", "number", "", 1.5, "", -10.0, 10.0, missing="accept"),
)
ODD = Examples(
    [
        {"colour": 'a "quoted", Málaga', "age": None, "weight": 0.1 + 0.2},
        {"colour": "line\nbreak", "age": -3, "weight": 1e-300},
        {"colour": None, "age": 10**15, "weight": None},
        {"colour": "NA", "age": 0, "weight": -0.5},
    ],
    [0, 1, 1, 0],
)


def test_every_value_comes_back(tmp_path: Path) -> None:
    """Quotes, line breaks, letters with accents, missing values, and numbers to the last bit."""
    write_examples(tmp_path / "deep" / "f.csv", ODD)
    assert read_examples(tmp_path / "deep" / "f.csv", FIELDS) == ODD
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["f.csv"]


def test_people_come_back(tmp_path: Path) -> None:
    """Of the census, without moments."""
    examples = read_census(write_census(tmp_path / "c.data"))
    write_examples(tmp_path / "f.csv", examples)
    assert read_examples(tmp_path / "f.csv", Income.fields) == examples


def test_flights_come_back_with_their_moments(sample: Path, tmp_path: Path) -> None:
    """To the second; and the same examples are the same bytes."""
    examples = read_flights(sample)
    write_examples(tmp_path / "f.csv", examples)
    again = read_examples(tmp_path / "f.csv", Delay.fields)
    assert (again.rows, again.target) == (examples.rows, examples.target)
    assert again.moments is not None
    assert examples.moments is not None
    assert again.moments.tolist() == examples.moments.tolist()
    write_examples(tmp_path / "g.csv", again)
    assert (tmp_path / "g.csv").read_bytes() == (tmp_path / "f.csv").read_bytes()


def test_what_breaks_off_leaves_the_file_that_was(tmp_path: Path) -> None:
    """All of it or nothing, and no part of it beside."""
    write_examples(tmp_path / "f.csv", ODD)
    before = (tmp_path / "f.csv").read_bytes()
    with pytest.raises(ValueError, match="shorter"):
        write_examples(tmp_path / "f.csv", ODD._replace(target=[1]))
    assert (tmp_path / "f.csv").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_columns_that_no_field_names_are_left(tmp_path: Path) -> None:
    """And fields come in their own order."""
    (tmp_path / "f.csv").write_text("extra,weight,target,colour,age\nx,1.5,1,red,3\n", encoding="utf-8")
    assert read_examples(tmp_path / "f.csv", FIELDS) == Examples([{"colour": "red", "age": 3, "weight": 1.5}], [1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour,age,weight\nred,3,1.5\n", "column target is missing"),
        ("colour,age,weight,target\nred,3.5,1.5,1\n", "line 2: age '3.5' is no integer"),
        ("colour,age,weight,target\nred,3,1.5,late\n", "line 2: target 'late' is no integer"),
        ("colour,age,weight,target\nred,3,heavy,1\n", "weight holds what is no number.*heavy"),
        ("colour,age,weight,target,moment\nred,3,1.5,1,once\n", "line 2: moment 'once' is no date"),
        ("colour,age,weight,target\n", "no rows"),
    ],
)
def test_what_was_never_written_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """One clear error that names file and value."""
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_examples(tmp_path / "f.csv", FIELDS)


def test_a_stage_that_did_not_run_is_named(tmp_path: Path) -> None:
    """With the command that runs it."""
    with pytest.raises(DataError, match=r"f\.csv: cannot be read.*neuralworks preprocess"):
        read_examples(tmp_path / "f.csv", FIELDS)


def test_moments_are_read_as_moments(tmp_path: Path) -> None:
    """The last column, where there is one of that name."""
    moments = pd.Series([pd.Timestamp(2017, 12, 31, 23, 59, 7)] * 4)
    write_examples(tmp_path / "f.csv", ODD._replace(moments=moments))
    again = read_examples(tmp_path / "f.csv", FIELDS).moments
    assert again is not None
    assert again.tolist() == moments.tolist()
