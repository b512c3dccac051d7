"""Reading the census: what a person states of himself, nobody twice, and missing is missing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.income import Income
from challenge_neuralworks.training.datasets import read_census
from challenge_neuralworks.training.signing import learn_signature
from tests.training.census_sample import COPIES, census_rows, write_census

PERSON = (
    "39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, Not-in-family, White, Male, 2174, 0, 40,"
    " United-States, <=50K"
)


def _write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_row_states_what_a_person_can_state(tmp_path: Path) -> None:
    """Neither the survey's weight nor the number that repeats the education; numbers are integers."""
    (row,) = read_census(_write(tmp_path / "c.data", PERSON)).rows
    assert row == {
        "age": 39,
        "workclass": "State-gov",
        "education": "Bachelors",
        "marital_status": "Never-married",
        "occupation": "Adm-clerical",
        "relationship": "Not-in-family",
        "race": "White",
        "sex": "Male",
        "capital_gain": 2_174,
        "capital_loss": 0,
        "hours_per_week": 40,
        "native_country": "United-States",
    }
    assert tuple(row) == tuple(field.name for field in Income.fields)


def test_more_than_fifty_thousand_is_the_second_class(tmp_path: Path) -> None:
    """And there is no moment."""
    examples = read_census(_write(tmp_path / "c.data", PERSON, PERSON.replace("<=50K", ">50K")))
    assert examples.target == [0, 1]
    assert examples.moments is None


def test_a_line_is_read_once(tmp_path: Path) -> None:
    """Copies are one person; whoever differs in the weight alone, or in a space alone, is not and is."""
    lines = [PERSON, PERSON.replace("77516", "77517"), PERSON, PERSON.replace(", ", ","), PERSON]
    assert len(read_census(_write(tmp_path / "c.data", *lines)).rows) == 2
    examples = read_census(write_census(tmp_path / "made.data", rows=200))
    assert len(examples.rows) == 200
    assert len((tmp_path / "made.data").read_text(encoding="utf-8").splitlines()) == 200 + COPIES + 1


def test_a_question_mark_is_missing(tmp_path: Path) -> None:
    """Where the census did not know; the signature accepts it there."""
    examples = read_census(write_census(tmp_path / "c.data"))
    places = {"workclass": 1, "occupation": 6, "native_country": 13}
    marks = Counter(name for cells in census_rows(600, 1) for name, place in places.items() if cells[place] == "?")
    missing = Counter(name for row in examples.rows for name, value in row.items() if value is None)
    assert missing == marks
    assert min(missing.values()) > 10
    assert learn_signature(Income.fields, examples.rows).check(examples.rows).rows == tuple(examples.rows)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("39", "young", "line 2: age 'young' is no integer"),
        ("40", "?", r"line 2: hours_per_week '\?' is no integer"),
        ("<=50K", "<=50K.", "line 2: salary '<=50K.' is not <=50K or >50K"),
        ("<=50K", "", "line 2: salary '' is not"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Counted from 1: there is no header. The test file of the census, whose classes end in a full stop, is another."""
    with pytest.raises(DataError, match=message):
        read_census(_write(tmp_path / "c.data", PERSON, PERSON.replace(old, new)))


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    """The message lists what was expected."""
    with pytest.raises(DataError, match="line 1: has 2 columns; expected 15: age, workclass, fnlwgt"):
        read_census(_write(tmp_path / "c.data", "39, State-gov"))
