"""The profile of a data set: how often each value occurs, and no row of it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.checks.rows import digest, row_hashes, split_parts
from challenge_neuralworks.training.reporting import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from challenge_neuralworks.signature import Field, Value
    from challenge_neuralworks.training.datasets import Examples

VERSION = 1
"""Of the file's form; a reader refuses any other."""

TARGET = "target"

DIGITS = 3
"""Significant digits of a number that is no integer: enough to compare distributions, too few to keep rows."""


class Profile(NamedTuple):
    """What is known of a sample.

    source : what it was made from, for people; made : the day, as ``2026-01-31``, or "".
    digest : SHA-256 of its rows whatever their order, so that a sample is never compared with itself.
    counts : column -> value -> rows; the target is a column as well, None is a missing value.
    accepted : field -> the categories of the whole file, for fields that learn theirs from the data.
    """

    source: str
    made: str
    digest: str
    rows: int
    counts: Mapping[str, Mapping[Value, int]]
    accepted: Mapping[str, Sequence[str]]


def make_profile(examples: Examples, fields: Sequence[Field], source: str = "", made: str = "") -> Profile:
    """Return the profile of all rows."""
    counts = {field.name: dict(_tally(field, (row.get(field.name) for row in examples.rows))) for field in fields}
    counts[TARGET] = dict(Counter(map(_kept, examples.target)))
    hashes = row_hashes(examples)
    return Profile(source, made, digest(hashes), len(hashes), counts, _accepted(fields, counts))


def make_reference(examples: Examples, fields: Sequence[Field], source: str, made: str) -> Profile:
    """Return the profile of the reference part, with the categories of all rows."""
    whole = make_profile(examples, fields)
    return make_profile(split_parts(examples).reference, fields, source, made)._replace(accepted=whole.accepted)


def write_profile(path: Path, profile: Profile) -> None:
    """Write a profile as JSON, one line a column, all of it or nothing."""
    content = profile._asdict() | {
        "version": VERSION,
        "counts": {name: [[value, rows] for value, rows in _sorted(counts)] for name, counts in profile.counts.items()},
        "accepted": {name: list(levels) for name, levels in profile.accepted.items()},
    }
    write_whole(path, _json(content))


def read_profile(path: Path) -> Profile:
    """Return what `write_profile` wrote.

    Raises
    ------
    DataError : the file is absent or malformed; says how to make a new one.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _refuse_version(content.pop("version"))
        counts = {name: {value: int(rows) for value, rows in pairs} for name, pairs in content.pop("counts").items()}
        return Profile(**content, counts=counts)
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DataError(f"{path}: is no profile to compare with: {reason}; docs/data-checks.md makes one") from error


def _refuse_version(version: object) -> None:
    if version != VERSION:
        raise ValueError(f"it is of version {version}, expected {VERSION}")


def _accepted(fields: Iterable[Field], counts: Mapping[str, Mapping[Value, int]]) -> dict[str, list[str]]:
    return {
        field.name: sorted(value for value in counts[field.name] if isinstance(value, str))
        for field in fields
        if field.kind == "category" and not field.categories
    }


def _tally(field: Field, values: Iterable[Any]) -> Counter[Value]:
    """Count the values that a field may hold, for the schema reports the others."""
    return Counter(_rounded(field, value) for value in values if value is None or _is_of(field, value))


def _kept(target: Any) -> Value:
    # A class is an integer; a float is what a regression is about.
    kept: Value = float(f"{target:.{DIGITS}g}") if isinstance(target, float) else target
    return kept


def _is_of(field: Field, value: object) -> bool:
    if field.kind == "category":
        return isinstance(value, str)
    return isinstance(value, int if field.kind == "integer" else int | float) and not isinstance(value, bool)


def _rounded(field: Field, value: Any) -> Value:
    if field.kind != "number" or value is None:
        return value  # type: ignore[no-any-return]  # of the field's kind, as checked.
    # NaN is missing, and differs from itself as a key.
    return None if value != value else float(f"{value:.{DIGITS}g}")  # noqa: PLR0124


def _sorted(counts: Mapping[Value, int]) -> list[tuple[Value, int]]:
    return sorted(counts.items(), key=lambda pair: (pair[0] is None, pair[0] if pair[0] is not None else 0))


def _json(content: dict[str, Any]) -> str:
    def lines(columns: dict[str, Any]) -> str:
        pairs = (
            f"  {json.dumps(key, ensure_ascii=False)}: {json.dumps(columns[key], ensure_ascii=False)}"
            for key in columns
        )
        return "{\n" + ",\n".join(pairs) + "\n }"

    plain = {key: content[key] for key in ("version", "source", "made", "digest", "rows")}
    parts = [f' "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in plain.items()]
    parts += [f' "{key}": {lines(content[key])}' for key in ("accepted", "counts")]
    return "{\n" + ",\n".join(parts) + "\n}\n"
