"""Rows out of files: CSV, JSON, JSON lines or Parquet, one at a time, each with its place."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

from challenge_neuralworks.cli.cells import text_reader
from challenge_neuralworks.errors import DataError, InvalidJson, RequestError
from challenge_neuralworks.matching import folded_categories, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Format = Literal["csv", "json", "jsonl", "parquet"]
    Extra = Literal["refuse", "keep", "drop"]

SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
UNITS: dict[Format, str] = {"csv": "line", "json": "item", "jsonl": "line", "parquet": "row"}
"""What a place is counted in; the first is 1."""

STDIN = "-"


class Row(NamedTuple):
    """One row of a file.

    place : its number, in the unit of `Reading`.
    instance : what is to be answered.
    extras : columns that are no fields of the model, where they are kept.
    fault : why it cannot even be asked about; "" where it can.
    """

    place: int
    instance: Any
    extras: Mapping[str, Any] = {}
    fault: str = ""


class Reading(NamedTuple):
    """A file that is being read.

    total : how many rows there will be, roughly; None where nobody knows.
    unit : what places are counted in, e.g. ``line``.
    """

    rows: Iterator[Row]
    total: int | None
    unit: str


class Columns(NamedTuple):
    """How the columns of a file become instances.

    fields : JSON Schema of each field of the model, by its name.
    extra : what to do about a column that is no field.
    """

    fields: Mapping[str, Mapping[str, Any]]
    extra: Extra = "refuse"

    def check(self, names: Sequence[str], source: str) -> None:
        """Refuse the columns of a table that cannot become instances.

        Raises
        ------
        DataError : a column stands twice, a field has none, or a column is no field.
        """
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(f"{source}: the column {twice!r} stands there twice")
        spellings = folded_categories(names)
        for field in (field for field in self.fields if field not in names):
            near = nearest(field, spellings)
            there = f"did you mean {near!r}?" if near else f"its columns are {', '.join(names)[:200]}"
            raise DataError(f"{source}: no column is named {field!r}; {there}")
        strangers = [name for name in names if name not in self.fields]
        if strangers and self.extra == "refuse":
            raise DataError(
                f"{source}: the model has no field {', '.join(map(repr, strangers))[:200]}; "
                "--extra drop leaves such columns out, --extra keep carries them over"
            )

    def row(self, place: int, values: Any) -> Row:
        """Return the row that a JSON value states; what is refused in it is for the check of the instance."""
        if self.extra == "refuse" or not isinstance(values, dict):
            return Row(place, values)
        instance = {name: value for name, value in values.items() if name in self.fields}
        extras = {name: value for name, value in values.items() if name not in self.fields}
        return Row(place, instance, extras if self.extra == "keep" else {})


def find_format(path: Path) -> Format:
    """Return the format that a file's name tells.

    Raises
    ------
    DataError : it tells none.
    """
    try:
        return SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise DataError(f"{path}: its name tells no format; add --format, or end it in {', '.join(SUFFIXES)}") from None


@contextmanager
def reading(file: Path, kind: Format, columns: Columns, stdin: IO[bytes]) -> Iterator[Reading]:
    """Open a file, or standard input where it is called ``-``, and read it as far as its rows are asked for.

    Raises
    ------
    DataError : it cannot be read, or its columns are not the model's; from its rows, where one of them shows it.
    """
    if kind == "parquet":
        from challenge_neuralworks.cli.parquet import read_parquet

        with read_parquet(file, columns) as found:
            yield Reading(*found, UNITS[kind])
        return
    piped = str(file) == STDIN
    try:
        opened = stdin if piped else file.open("rb")
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error.strerror}") from error
    source = "standard input" if piped else str(file)
    try:
        if kind == "json":
            yield Reading(*items(opened.read(), columns, source), UNITS[kind])
        else:
            total = None if piped else _lines(opened) - (kind == "csv")
            rows = _csv(opened, columns, source) if kind == "csv" else _json_lines(opened, columns)
            yield Reading(rows, total, UNITS[kind])
    finally:
        if not piped:
            opened.close()


def items(text: str | bytes, columns: Columns, source: str) -> tuple[Iterator[Row], int]:
    """Return the rows of one JSON value, and how many: an object, an array of them, or a body of the API.

    Raises
    ------
    DataError : it is no JSON, or none of these.
    """
    values = parse(text, source)
    if isinstance(values, dict) and set(values) == {"instances"} and "instances" not in columns.fields:
        values = values["instances"]
    listed = values if isinstance(values, list) else [values]
    if not listed:
        raise DataError(f"{source}: an empty array holds no instance")
    return (columns.row(place, value) for place, value in enumerate(listed, start=1)), len(listed)


def parse(text: str | bytes, source: str) -> Any:
    """Return the JSON value of a text, read as strictly as the API reads a body.

    Parameters
    ----------
    source : what the message begins with; "" of a line, whose number the message must not state again.

    Raises
    ------
    InvalidJson : says what and where.
    """
    from challenge_neuralworks.serving.body import parse as read

    try:
        return read(text)
    except RequestError as error:
        said = str(error).replace("the body", "it")
        raise InvalidJson(f"{source}: {said}" if source else said.replace(" line 1,", "")) from error


def _json_lines(file: Iterable[bytes], columns: Columns) -> Iterator[Row]:
    for place, line in enumerate(file, start=1):
        if line.isspace():
            continue
        try:
            yield columns.row(place, parse(line.strip(), ""))
        except InvalidJson as error:
            yield Row(place, line.decode("utf-8", "replace").rstrip("\r\n"), fault=str(error))


def _csv(file: Iterable[bytes], columns: Columns, source: str) -> Iterator[Row]:
    reader = csv.reader(_decoded(file, source), strict=True)
    header = next((cells for _, cells in _records(reader, source) if cells), [])
    if not header:
        raise DataError(f"{source}: there is no header line")
    columns.check(header, source)
    return _csv_rows(reader, header, columns, source)


def _csv_rows(reader: Any, header: Sequence[str], columns: Columns, source: str) -> Iterator[Row]:
    fields = [(name, header.index(name), text_reader(schema)) for name, schema in columns.fields.items()]
    others = [(name, at) for at, name in enumerate(header) if name not in columns.fields]
    others = others if columns.extra == "keep" else []
    width = len(header)
    for place, found in _records(reader, source):
        if not found and width > 1:
            continue
        # Of a single column, nothing is how some programs write the empty cell: no row may be lost.
        cells = found or [""]
        if len(cells) != width:
            wrong = f"{len(cells)} cells where the header has {width}"
            yield Row(place, dict(zip(header, cells, strict=False)), fault=wrong)
            continue
        extras = {name: cells[at] for name, at in others} if others else {}
        yield Row(place, {name: read(cells[at]) for name, at, read in fields}, extras)


def _records(reader: Any, source: str) -> Iterator[tuple[int, list[str]]]:
    # A cell may hold line breaks: a record's place is the line it begins on.
    while True:
        place = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DataError(f"{source}: line {place} is no CSV: {error}") from error
        if cells is None:
            return
        yield place, cells


def _decoded(file: Iterable[bytes], source: str) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{source}: line {number} is not UTF-8: byte {error.start} cannot be read") from error


def _lines(file: IO[bytes]) -> int:
    counted = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 16), b""))
    file.seek(0)
    return counted


def as_text(value: Any) -> str:
    """Return a value as the cell of a text file; null is the empty one."""
    if value is None:
        return ""
    # Nearly every value that is no string is a number, which JSON writes as Python does.
    if type(value) in (float, int):
        return repr(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
