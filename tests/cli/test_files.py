"""Columns, lines and types of files: what is read, what is refused, and where a message says it stands."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from challenge_neuralworks.cli.rows import Columns, reading
from tests.cli.files import read_table, write_csv, write_json, write_parquet
from tests.cli.live import MODELS, answers_of, expected, run, sample

MODELS_DIR = ("--models-dir", MODELS)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", ["delay", "income"])
def test_tables_come_back_as_they_were_written(tmp_path: Path, name: str, suffix: str) -> None:
    """An output is an input too: its answers, read again with the fields, are the same to the last bit."""
    rows = sample(name, 150)
    source, first, second = write_json(tmp_path / "r.json", rows), tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    assert run("predict", name, *MODELS_DIR, source, "--output", first).exit_code == 0
    assert run("predict", name, *MODELS_DIR, first, "--extra", "drop", "--output", second).exit_code == 0
    assert read_table(first) == read_table(second)
    table = read_table(first)
    assert [float(row["probability_1"]) for row in table] == [p[1] for p, _ in expected(name, rows)]
    assert [int(row["label"]) for row in table] == [label for _, label in expected(name, rows)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"DIA-I": 1', "line 2: Expecting ',' delimiter at column 12"),
        ('{"DIA-I": 1, "DIA-I": 2}', "the key 'DIA-I' stands twice in one object"),
        ('{"DIA-I": NaN}', "NaN is no JSON value"),
        ("[1]", "an array is no object of fields"),
        ("\xff", "is not UTF-8"),
    ],
)
def test_lines_are_read_as_strictly_as_bodies(tmp_path: Path, line: str, fault: str) -> None:
    """A line that the API would refuse is refused with its number; the others can be answered."""
    (good,) = sample("delay", 1)
    path = tmp_path / "r.jsonl"
    path.write_bytes(f"{json.dumps(good)}\n{line}\n{json.dumps(good)}\n".encode("latin-1"))
    done = run("predict", "delay", *MODELS_DIR, path)
    assert done.stderr.splitlines()[1].startswith("  line 2: ")
    assert fault in done.stderr
    skipped = answers_of(run("predict", "delay", *MODELS_DIR, path, "--on-error", "skip"))
    assert [(one["line"], "error" in one) for one in skipped] == [(1, False), (2, True), (3, False)]


def test_a_record_s_line_is_where_it_begins(tmp_path: Path) -> None:
    """Cells with line breaks, blank lines and rows of another width do not shift what comes after."""
    (good,) = sample("delay", 1)
    head, row = ",".join(good), ",".join(map(str, good.values()))
    path = tmp_path / "r.csv"
    broken = row.replace(str(good["OPERA"]), '"no\nbody"')
    path.write_text(f"\ufeff{head}\n{row}\n\n{broken}\n{row},7\n{row}\n", encoding="utf-8", newline="")
    lines = answers_of(run("predict", "delay", *MODELS_DIR, path, "--on-error", "skip"))
    assert [(line["line"], line.get("error", "")[:34]) for line in lines] == [
        (2, ""),
        (4, "OPERA: 'no\nbody' is unknown: expec"),
        (6, "8 cells where the header has 7"),
        (7, ""),
    ]


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_other_columns_are_refused_dropped_or_kept(tmp_path: Path, write: Any) -> None:
    """By default nothing is ignored; kept columns stand in the output as they were."""
    rows = [{**row, "flight": f"LA{at}"} for at, row in enumerate(sample("delay", 3))]
    source = write(tmp_path / f"r.{'csv' if write is write_csv else 'parquet'}", rows)
    refused = run("predict", "delay", *MODELS_DIR, source)
    assert refused.exit_code == 1
    assert "the model has no field 'flight'; --extra drop leaves such columns out" in refused.stderr
    dropped = answers_of(run("predict", "delay", *MODELS_DIR, source, "--extra", "drop"))
    assert ["extra" in line or "flight" in line["instance"] for line in dropped] == [False] * 3
    kept = answers_of(run("predict", "delay", *MODELS_DIR, source, "--extra", "keep"))
    assert [line["extra"] for line in kept] == [{"flight": f"LA{at}"} for at in range(3)]
    run("predict", "delay", *MODELS_DIR, source, "--extra", "keep", "--output", tmp_path / "a.csv")
    assert [row["flight"] for row in read_table(tmp_path / "a.csv")] == ["LA0", "LA1", "LA2"]


def test_a_kept_column_does_not_hide_an_answer(tmp_path: Path) -> None:
    """Two columns of one name would be one: it is refused before anything is written."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 2), label="0")
    done = run("predict", "delay", *MODELS_DIR, source, "--extra", "keep", "--output", tmp_path / "a.csv")
    assert done.exit_code == 1
    assert "the answer has a column 'label' too" in done.stderr
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "there is no header line"),
        (
            b"OPERA,TIPOVUELO,SIGLADES,DIA-I,MES-I,HORA I,DIANOM\n",
            "no column is named 'HORA-I'; did you mean 'HORA I'?",
        ),
        (b"a;b\n1;2\n", "no column is named 'OPERA'; its columns are a;b"),
        (b"OPERA,OPERA\n", "the column 'OPERA' stands there twice"),
        (b"OPERA,TIPO\xff\n", "line 1 is not UTF-8: byte 10 cannot be read"),
        (b'OPERA,"TIPO\n', "line 1 is no CSV"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    """The file and what is wrong with it are named."""
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    done = run("predict", "delay", *MODELS_DIR, path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {path}: ")
    assert message in done.stderr


def test_parquet_columns_have_types(tmp_path: Path) -> None:
    """A float is no integer, as in the API; dates are refused by their column; no Parquet is one line."""
    rows = sample("delay", 2)
    floats = write_parquet(tmp_path / "f.parquet", [{**row, "DIA-I": 9.0} for row in rows])
    assert "row 1, DIA-I: 9.0 is not an integer" in run("predict", "delay", *MODELS_DIR, floats).stderr
    dates = pa.Table.from_pylist(rows).set_column(3, "DIA-I", pa.array([1, 2], pa.date32()))
    pq.write_table(dates, tmp_path / "d.parquet")
    said = run("predict", "delay", *MODELS_DIR, tmp_path / "d.parquet").stderr
    assert "the column 'DIA-I' holds date32[day]" in said
    (tmp_path / "n.parquet").write_bytes(b"no parquet")
    assert "cannot be read as Parquet" in run("predict", "delay", *MODELS_DIR, tmp_path / "n.parquet").stderr


def test_parquet_categories_of_pandas_are_strings(tmp_path: Path) -> None:
    """A dictionary-encoded column holds what its dictionary says."""
    rows = sample("delay", 30)
    table = pa.Table.from_pylist(rows)
    at = table.column_names.index("OPERA")
    pq.write_table(table.set_column(at, "OPERA", table["OPERA"].dictionary_encode()), tmp_path / "r.parquet")
    lines = answers_of(run("predict", "delay", *MODELS_DIR, tmp_path / "r.parquet"))
    assert [(line["prediction"], line["label"]) for line in lines] == expected("delay", rows)


def test_a_damaged_parquet_page_is_one_line(tmp_path: Path) -> None:
    """Its end is whole, so that it opens; the rows are what cannot be read."""
    path = write_parquet(tmp_path / "r.parquet", sample("delay", 200))
    content = path.read_bytes()
    path.write_bytes(content[:30] + bytes(byte ^ 0xFF for byte in content[30:200]) + content[200:])
    done = run("predict", "delay", *MODELS_DIR, path)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {path}: the rows from row 1 on cannot be read as Parquet: ")


def test_what_json_cannot_say_is_null(tmp_path: Path) -> None:
    """A column that is carried over may hold NaN and infinities, in lists too: the lines stay JSON."""
    odd = [float("nan"), float("inf"), 1.5]
    rows = [{**row, "x": value, "y": [value]} for row, value in zip(sample("delay", 3), odd, strict=True)]
    done = run("predict", "delay", *MODELS_DIR, write_parquet(tmp_path / "r.parquet", rows), "--extra", "keep")
    assert done.exit_code == 0
    lines = [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]
    assert [line["extra"] for line in lines] == [
        {"x": None, "y": [None]},
        {"x": None, "y": [None]},
        {"x": 1.5, "y": [1.5]},
    ]


def test_an_empty_line_of_a_single_column_is_a_row(tmp_path: Path) -> None:
    """An empty cell is written so; with more columns it is nothing."""
    path = tmp_path / "r.csv"
    path.write_bytes(b"\r\na\r\n1\r\n\r\n2\r\n")
    fields = {"a": {"type": ["integer", "null"]}}
    with reading(path, "csv", Columns(fields), BytesIO()) as source:
        assert [(row.place, row.instance) for row in source.rows] == [(3, {"a": 1}), (4, {"a": None}), (5, {"a": 2})]
    path.write_bytes(b"a,b\n1,2\n\n3,4\n")
    with reading(path, "csv", Columns({**fields, "b": fields["a"]}), BytesIO()) as source:
        assert [row.place for row in source.rows] == [2, 4]
