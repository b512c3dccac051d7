"""Parquet files, read row group by row group and written batch by batch."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.cli.cells import value_reader
from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.rows import Row, as_text
from challenge_neuralworks.errors import DataError
from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from challenge_neuralworks.cli.rows import Columns

BATCH = 1_000
"""Rows turned into Python values at a time."""

GROUP = 10_000
"""Rows of one row group written: what a reader needs at least."""


def _pyarrow() -> Any:
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise Failure("Parquet needs pyarrow: pip install '.[parquet]' in the project's folder") from error
    return pa


@contextmanager
def read_parquet(path: Path, columns: Columns) -> Iterator[tuple[Iterator[Row], int]]:
    """Open a file; give its rows and how many there are.

    Raises
    ------
    DataError : it is no Parquet file, or its columns are not the model's.
    """
    pa = _pyarrow()
    try:
        file = pa.parquet.ParquetFile(str(path), memory_map=True)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path}: cannot be read as Parquet: {error}") from error
    with file:
        columns.check(file.schema_arrow.names, str(path))
        for name in columns.fields:
            _check_type(pa, file.schema_arrow.field(name), path)
        yield _rows(file, columns, path), file.metadata.num_rows


def _check_type(pa: Any, field: Any, path: Path) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    tests = (
        *(pa.types.is_integer, pa.types.is_floating, pa.types.is_string, pa.types.is_large_string),
        *(pa.types.is_string_view, pa.types.is_boolean, pa.types.is_null),
    )
    if not any(test(kind) for test in tests):
        raise DataError(f"{path}: the column {field.name!r} holds {field.type}: expected integers, floats or strings")


def _rows(file: Any, columns: Columns, path: Path) -> Iterator[Row]:
    readers = [(name, value_reader(schema)) for name, schema in columns.fields.items()]
    names = file.schema_arrow.names
    others = [name for name in names if name not in columns.fields] if columns.extra == "keep" else []
    place = 0
    for table, count in _batches(file, [*columns.fields, *others], path):
        for at in range(count):
            place += 1
            instance = {name: read(table[name][at]) for name, read in readers}
            yield Row(place, instance, {name: table[name][at] for name in others})


def _batches(file: Any, names: list[str], path: Path) -> Iterator[tuple[dict[str, list[Any]], int]]:
    pa = _pyarrow()
    place = 0
    try:
        for batch in file.iter_batches(batch_size=BATCH, columns=names):
            yield batch.to_pydict(), batch.num_rows
            place += batch.num_rows
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        # The header was sound: only here does a page turn out to be damaged.
        said = str(error).partition("\n")[0]
        raise DataError(f"{path}: the rows from row {place + 1} on cannot be read as Parquet: {said}") from error


class ParquetFile:
    """Writes a table of typed columns.

    Parameters
    ----------
    kinds : of each column, in order: ``integer``, ``number`` or ``string``.
    """

    def __init__(self, path: Path, kinds: Mapping[str, str]) -> None:
        pa = _pyarrow()
        types = {"integer": pa.int64(), "number": pa.float64(), "string": pa.string()}
        self._pa = pa
        self._waiting: list[Mapping[str, Any]] = []
        self._schema = pa.schema([(name, types[kind]) for name, kind in kinds.items()])
        self._kinds = tuple(kinds.items())
        try:
            self._writer = pa.parquet.ParquetWriter(str(path), self._schema)
        except OSError as error:
            raise DataError(f"{path}: cannot be written: {error}") from error

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Write records; what a column cannot hold, as in a row that was refused, is null."""
        self._waiting.extend(records)
        if len(self._waiting) >= GROUP:
            self._flush()

    def _flush(self) -> None:
        arrays = {name: [_fitting(kind, record.get(name)) for record in self._waiting] for name, kind in self._kinds}
        self._writer.write_table(self._pa.table(arrays, schema=self._schema))
        self._waiting.clear()

    def close(self) -> None:
        """Write what is left and the file's end, without which it cannot be read."""
        if self._waiting:
            self._flush()
        self._writer.close()


def _fitting(kind: str, value: Any) -> Any:
    if kind == "string" or value is None:
        # Half a surrogate pair, which JSON can state, has no UTF-8.
        return None if value is None else as_text(value).encode("utf-8", "backslashreplace").decode()
    if kind == "number":
        return float(value) if type(value) in (int, float) and abs(value) <= LARGEST else None
    return value if type(value) is int and abs(value) < 2**63 else None
