"""Answered rows, written as JSON lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager
from math import isfinite
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from challenge_neuralworks.cli.rows import as_text
from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from challenge_neuralworks.cli.rows import Row
    from challenge_neuralworks.client.answers import Described
    from challenge_neuralworks.errors import Fault

SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet", ".pq")


class Answered(NamedTuple):
    """A row with its answer, or with why it has none.

    explanation : None where none was asked for.
    error : "" where the row was answered.
    """

    row: Row
    version: str = ""
    prediction: Any = None
    label: int | str | None = None
    explanation: Mapping[str, Any] | None = None
    warnings: Sequence[Fault] = ()
    error: str = ""


class Writer(Protocol):
    """Takes answered rows, batch by batch."""

    def write(self, batch: Sequence[Answered]) -> None:
        """Write one batch."""
        ...


def answer_of(model: Described, answered: Answered) -> dict[str, Any]:
    """Return an answer as the API states that of a single instance."""
    answer = {"model": model.name, "version": answered.version, "prediction": answered.prediction}
    if model.classes:
        answer["label"] = answered.label
    if answered.explanation is not None:
        answer["explanation"] = answered.explanation
    if answered.warnings:
        answer["warnings"] = [warning._asdict() for warning in answered.warnings]
    return answer


class JsonLines:
    """Writes a JSON object a row: its place, the instance, and the answer or the error."""

    def __init__(self, file: IO[str], model: Described, unit: str) -> None:
        self._file = file
        self._model = model
        self._unit = unit

    def write(self, batch: Sequence[Answered]) -> None:
        """Write one batch."""
        for answered in batch:
            row = answered.row
            record: dict[str, Any] = {self._unit: row.place, "instance": row.instance}
            record |= {"extra": row.extras} if row.extras else {}
            record |= {"error": answered.error} if answered.error else answer_of(self._model, answered)
            self._file.write(_json(record))
        self._file.flush()


class JsonLine:
    """Writes the answer to a single instance, as the API does."""

    def __init__(self, file: IO[str], model: Described) -> None:
        self._file = file
        self._model = model

    def write(self, batch: Sequence[Answered]) -> None:
        """Write one batch."""
        for answered in batch:
            self._file.write(_json(answer_of(self._model, answered)))
        self._file.flush()


class Flat:
    """One flat record a row, as tables have them: fields, extras, answer, version, warnings, error.

    Parameters
    ----------
    extras : names of the columns carried over.

    Raises
    ------
    DataError : one of them has the name of a column of the answer.
    """

    def __init__(self, model: Described, extras: Sequence[str], *, explain: bool) -> None:
        self._classes = model.classes
        self._fields = tuple(model.schema["properties"])
        self._extras = frozenset(extras)
        kinds = {name: _kind(schema) for name, schema in model.schema["properties"].items()}
        self._answers = [f"probability_{label}" for label in model.classes] or ["prediction"]
        own = dict.fromkeys(self._answers, "number")
        if model.classes:
            own["label"] = "integer" if all(isinstance(label, int) for label in model.classes) else "string"
        if explain:
            own |= dict.fromkeys(("base", "score", *(f"contribution_{name}" for name in self._fields)), "number")
        own |= dict.fromkeys(("version", "warnings", "error"), "string")
        self.kinds = {**kinds, **dict.fromkeys(extras, "string"), **own}
        if len(self.kinds) != len(kinds) + len(extras) + len(own):
            both = sorted({*kinds, *extras} & set(own))
            raise DataError(
                f"the answer has a column {both[0]!r} too; write JSON lines, or leave it out (--extra drop)"
            )

    def record(self, answered: Answered) -> dict[str, Any]:
        """Return a row's record."""
        row = answered.row
        strangers = set(row.extras) - self._extras
        if strangers:
            raise DataError(f"row {row.place} has {min(strangers)!r}, which the first rows have not: write JSON lines")
        record = {**(row.instance if isinstance(row.instance, dict) else {}), **row.extras}
        if answered.error:
            return record | {"error": answered.error}
        values = answered.prediction if self._classes else [answered.prediction]
        record |= dict(zip(self._answers, values, strict=True))
        record |= {"label": answered.label, "version": answered.version}
        if answered.explanation is not None:
            record |= {name: answered.explanation[name] for name in ("base", "score")}
            contributions = answered.explanation["contributions"].items()
            record |= {f"contribution_{name}": value for name, value in contributions}
        if answered.warnings:
            record["warnings"] = "; ".join(warning.detail for warning in answered.warnings)
        return record


class CsvFile:
    """Writes a table as CSV."""

    def __init__(self, path: Path, kinds: Mapping[str, str]) -> None:
        self._names = tuple(kinds)
        self._file = _opened(path)
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(self._names)

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write records."""
        self._csv.writerows([as_text(record.get(name)) for name in self._names] for record in records)
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Table:
    """Writes a table to a file; its columns are known once the first batch is."""

    def __init__(self, path: Path, model: Described, *, explain: bool) -> None:
        self._path = path
        self._model = model
        self._explain = explain
        self._flat: Flat | None = None
        self._file: Any = None

    def write(self, batch: Sequence[Answered]) -> None:
        """Write one batch."""
        if self._flat is None:
            extras = tuple({name: None for answered in batch for name in answered.row.extras})
            self._flat = Flat(self._model, extras, explain=self._explain)
            self._file = self._open(self._flat.kinds)
        self._file.write([self._flat.record(answered) for answered in batch])

    def _open(self, kinds: Mapping[str, str]) -> Any:
        if self._path.suffix.lower() == ".csv":
            return CsvFile(self._path, kinds)
        from challenge_neuralworks.cli.parquet import ParquetFile

        return ParquetFile(self._path, kinds)

    def close(self) -> None:
        """Close the file, if there was anything to write."""
        if self._file is not None:
            self._file.close()


@contextmanager
def to_file(path: Path, model: Described, unit: str, *, explain: bool) -> Iterator[Writer]:
    """Write to a file in the format that its name tells; what was written stays, whatever ends the block."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        with _opened(path) as file:
            yield JsonLines(file, model, unit)
        return
    table = Table(path, model, explain=explain)
    try:
        yield table
    finally:
        table.close()


@contextmanager
def to_stream(stream: IO[bytes]) -> Iterator[IO[str]]:
    """Write text to a stream that stays open: UTF-8, whatever the machine's locale."""
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="")
    try:
        yield text
    finally:
        text.detach()


def check_suffix(path: Path) -> None:
    """Refuse a file whose name tells no format that can be written.

    Raises
    ------
    DataError : names those that can.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path}: its name tells no format that can be written: end it in {', '.join(SUFFIXES)}")


def _opened(path: Path) -> IO[str]:
    try:
        # JSON may state half a surrogate pair, which has no UTF-8.
        return path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}") from error


def _json(record: dict[str, Any]) -> str:
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False, default=str) + "\n"
    except ValueError:
        # A column that was carried over may hold what JSON cannot say.
        return json.dumps(_finite(record), ensure_ascii=False, allow_nan=False, default=str) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type")
    kind = next((kind for kind in kinds if kind != "null"), "string") if isinstance(kinds, list) else kinds
    return str(kind)
