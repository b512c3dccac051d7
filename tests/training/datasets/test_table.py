"""Columns of text from a file: as they are written, and with the line of what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.datasets.table import integers, line_of, read_headless, read_table


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_cells_are_the_text_they_are(tmp_path: Path) -> None:
    """226 does not become 226.0 where another cell is empty, NA is a name, a byte order mark is no letter."""
    table = read_table(_write(tmp_path / "f.csv", "\ufeffa,b,c\n226,NA,x\n,007,y\n"), ["b", "a"])
    assert sorted(table.columns) == ["a", "b"]
    assert table[["a", "b"]].to_numpy().tolist() == [["226", "NA"], ["", "007"]]


def test_a_file_without_a_header_has_the_names_it_is_given(tmp_path: Path) -> None:
    """Spaces around cells are no part of them, a blank last line is no row."""
    table = read_headless(_write(tmp_path / "f.data", "39, State-gov , ?\n50,  Private,\n\n"), ["a", "b", "c"])
    assert table.to_dict("list") == {"a": ["39", "50"], "b": ["State-gov", "Private"], "c": ["?", ""]}


@pytest.mark.parametrize("text", ["1,2\n", "1,2,3,4\n", "1,2,3\n4,5,6,7\n", "1,2,3\n4,5\n", "1,2,3\n4,5\n6,7,8\n"])
def test_a_line_of_more_or_fewer_cells_is_refused(text: str, tmp_path: Path) -> None:
    """A cell that slid into another column would be read as something it is not."""
    with pytest.raises(DataError, match=r"f\.data: "):
        read_headless(_write(tmp_path / "f.data", text), ["a", "b", "c"])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_what_holds_nothing_or_is_no_text_is_refused(content: bytes, tmp_path: Path) -> None:
    """With the name of the file; so is a file that is not there."""
    (tmp_path / "f.data").write_bytes(content)
    with pytest.raises(DataError, match=r"f\.data: cannot be read as CSV in UTF-8"):
        read_headless(tmp_path / "f.data", ["a"])
    with pytest.raises(DataError, match=r"g\.data.*No such file"):
        read_headless(tmp_path / "g.data", ["a"])


def test_integers_are_integers() -> None:
    """Signs and leading zeros are read, and up to 18 digits, exactly."""
    column = pd.Series(["0", "-7", "007", "999999999999999999"], name="a")
    assert integers(column, Path("f.csv")) == [0, -7, 7, 999_999_999_999_999_999]


@pytest.mark.parametrize("cell", ["", "1.0", "1e3", " 1", "+1", "one", "٣x", "1" * 19])
def test_what_is_no_integer_is_named_with_its_line(cell: str) -> None:
    """Counted as an editor counts, and how many there are."""
    with pytest.raises(DataError, match=r"f\.csv: line 3: a .* is no integer \(2 such lines\)"):
        integers(pd.Series(["1", cell, cell], name="a"), Path("f.csv"))
    with pytest.raises(DataError, match=r"line 2: a"):
        integers(pd.Series(["1", cell], name="a"), Path("f.csv"), first_line=1)


def test_a_row_s_line_counts_the_header() -> None:
    """The first row below it is on line 2."""
    assert line_of(0) == 2
