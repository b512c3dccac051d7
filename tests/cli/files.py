"""Files of rows, written for the commands and read again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest


def write_csv(path: Path, rows: list[dict[str, Any]], **extra: str) -> Path:
    """Write rows with a header; null is the empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *extra])
        writer.writeheader()
        writer.writerows({**row, **extra} for row in rows)
    return path


def write_json(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write an array."""
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def write_body(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a body of the API."""
    path.write_text(json.dumps({"instances": rows}), encoding="utf-8")
    return path


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a line each, and a blank one at the end."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows) + "\n", encoding="utf-8")
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write several row groups."""
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=70)
    return path


def json_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_table(path: Path) -> list[dict[str, Any]]:
    """Return the records of a CSV or Parquet file."""
    if path.suffix == ".parquet":
        table: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return table
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


WRITERS = [
    pytest.param("rows.csv", write_csv, id="csv"),
    pytest.param("rows.json", write_json, id="json"),
    pytest.param("body.json", write_body, id="body"),
    pytest.param("rows.jsonl", write_jsonl, id="jsonl"),
    pytest.param("rows.parquet", write_parquet, id="parquet"),
]


EXAMPLE: dict[str, Any] = {
    "OPERA": "Grupo LATAM",
    "TIPOVUELO": "I",
    "SIGLADES": "Miami",
    "DIA-I": 24,
    "MES-I": 7,
    "HORA-I": 18,
    "DIANOM": "Viernes",
}
