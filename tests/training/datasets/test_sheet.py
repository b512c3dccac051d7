"""Any CSV file: what spreadsheets and exports do to one is read, and what makes it ambiguous is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.signature import Field
from challenge_neuralworks.training.datasets import Table
from challenge_neuralworks.training.datasets.sheet import is_number, read_sheet
from challenge_neuralworks.training.tasks import REGRESSION, multiclass


def _file(folder: Path, content: str | bytes) -> Path:
    path = folder / "some.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a,b\n1,x\n", ","),
        ("\ufeffa;b\r\n1;x\r\n", ";"),
        ("a\tb\n1\tx", "\t"),
        ("a|b\n\n1|x\n\n", "|"),
        (' a , b \n 1 ,"x"\n', ","),
    ],
)
def test_usual_forms_are_read_alike(tmp_path: Path, content: str, delimiter: str) -> None:
    """A byte order mark, four delimiters, either line end, empty lines, and spaces around cells."""
    sheet = read_sheet(_file(tmp_path, content))
    assert (sheet.columns, sheet.delimiter) == ({"a": ["1"], "b": ["x"]}, delimiter)


def test_quoted_cells_hold_anything(tmp_path: Path) -> None:
    """Line ends, delimiters and quotes; lines are counted as an editor counts them."""
    sheet = read_sheet(_file(tmp_path, 'a,b\n"one\ntwo, three","say ""no"""\n4,5\n'))
    assert sheet.columns == {"a": ["one\ntwo, three", "4"], "b": ['say "no"', "5"]}
    assert sheet.lines == [3, 4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty, where a header was expected"),
        (b"a,b\n", "has a header but no rows"),
        (b"a,,c\n1,2,3\n", "column 2 of the header has no name"),
        (b"a,b,a\n1,2,3\n", "the header names 'a' more than once"),
        (b"1,2,3\n4,5,6\n", "line 1 holds 1, 2, 3, ... where names were expected; add a header"),
        (b"a,b\n1,2\n1\n", "line 3: has 1 cells, the header 2"),
        (b"a,b\n1,2,3\n", "line 2: has 3 cells, the header 2"),
        (b"a,b\n1,caf\xe9\n", r"line 2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b'a,b\n1,"2\n', "line 2: cannot be read as CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    """Nothing is guessed: the message names the line, what is wrong, and what to do."""
    with pytest.raises(DataError, match=message):
        read_sheet(_file(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Its path is named."""
    with pytest.raises(DataError, match=r"nowhere\.csv: cannot be read: No such file"):
        read_sheet(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1", True), ("-1.5e-3", True), (".5", True), ("nan", False), ("inf", False), ("1_000", False), ("", False)],
)
def test_numbers_are_those_of_a_spreadsheet(cell: str, *, expected: bool) -> None:
    """Python reads more than people write."""
    assert is_number(cell) is expected


FIELDS = (
    Field("age", "integer", "", 3, missing="accept"),
    Field("size", "number", "", 1.5),
    Field("kind", "category", "", "x", missing="accept"),
)


def test_a_table_is_read_as_requests_would_state_it(tmp_path: Path) -> None:
    """Missing cells are null, decimal commas are points, rows without an answer are left out, classes are positions."""
    content = "age;size;kind;answer;more\n3;1,5;x;late;0\n?;2;NA;soon;0\n4;0,25;y;?;0\n5.0;-1;x;soon;0\n"
    table = Table(FIELDS, "answer", multiclass("soon", "late", "never"), ("", "?", "NA"), ";", ",")
    examples = table.read(_file(tmp_path, content))
    assert examples.rows == [
        {"age": 3, "size": 1.5, "kind": "x"},
        {"age": None, "size": 2.0, "kind": None},
        {"age": 5, "size": -1.0, "kind": "x"},
    ]
    assert [type(row["age"]) for row in examples.rows] == [int, type(None), int]
    assert examples.target == [1, 0, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("age,size,answer\n1,2,3\n", "column kind is missing; it has age, size, answer"),
        ("age,size,kind,answer\n1.5,2,x,3\n", "line 2: age '1.5' is no integer"),
        ("age,size,kind,answer\n1,2,x,3\n1,big,x,3\n", "line 3: size 'big' is no number"),
        ("age,size,kind,answer\n1,2,x,much\n", "line 2: answer 'much' is no number"),
    ],
)
def test_a_cell_that_is_not_of_its_kind_is_named(tmp_path: Path, content: str, message: str) -> None:
    """With its line, its column and what it holds."""
    with pytest.raises(DataError, match=message):
        Table(FIELDS, "answer", REGRESSION).read(_file(tmp_path, content))


def test_a_class_that_is_not_known_is_named(tmp_path: Path) -> None:
    """With those that are."""
    table = Table(FIELDS, "answer", multiclass("a", "b", "c"))
    with pytest.raises(DataError, match="line 2: answer 'd' is not a or b or c"):
        table.read(_file(tmp_path, "age,size,kind,answer\n1,2,x,d\n"))
