"""The data sets, as data/<name>.toml declares them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

    Known = Literal["before", "after", "never"]

KNOWN = ("before", "after", "never")


class Column(NamedTuple):
    """One column of a file; ``quirk`` is what surprises about it, or "".

    known : ``before`` the answer is, so that a feature may be made of it; ``after``; or ``never`` by who asks.
    """

    name: str
    meaning: str
    quirk: str = ""
    known: Known = "before"


class Dataset(NamedTuple):
    """A file that is not part of the project, and how to know it again.

    name, title, licence : for people; the declaration is data/<name>.toml.
    file : name of the file in the data folder.
    bytes, sha256, rows : what it must be; rows without the header.
    urls : public copies, tried in order.
    """

    name: str
    title: str
    licence: str
    file: str
    bytes: int
    sha256: str
    rows: int
    urls: tuple[str, ...]
    columns: tuple[Column, ...]


def dataset_names(folder: Path) -> tuple[str, ...]:
    """Return the name of every data set that a folder declares, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def read_declaration(name: str, folder: Path) -> Dataset:
    """Return a declared data set.

    Raises
    ------
    DataError : there is none of that name (lists those there are), or its declaration is malformed.
    """
    path = folder / f"{name}.toml"
    if name not in dataset_names(folder):
        known = ", ".join(dataset_names(folder)) or "none at all"
        raise DataError(f"there is no {path}; declared there: {known}")
    try:
        return _parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {type(error).__name__}: {error}") from error


def _parse(content: dict[str, Any]) -> Dataset:
    columns = tuple(Column(**column) for column in content.pop("columns"))
    if wrong := [column.name for column in columns if column.known not in KNOWN]:
        raise ValueError(f"known of {', '.join(wrong)} must be one of {', '.join(KNOWN)}")
    return Dataset(**{**content, "urls": tuple(content["urls"]), "columns": columns})
