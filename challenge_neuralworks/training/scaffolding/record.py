"""What was made for a model, with digests: so that all of it can be taken away again, and nothing else."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.reporting import write_whole

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1


class Record(NamedTuple):
    """The content of ``data/made/<name>.json``.

    name : of the model.
    finished : whether `new` came to its end; one that did not leaves this to say what there is to take away.
    files : path -> SHA-256 of what was written there; "" before it was, or where stages write it anew.
    folders : that did not exist before.
    entry : SHA-256 of the model's entry in params.yaml, or "".
    """

    name: str
    finished: bool
    files: dict[str, str]
    folders: tuple[str, ...]
    entry: str = ""


def path_of(root: Path, name: str) -> Path:
    """Return where a model's record is kept."""
    return root / "data" / "made" / f"{name}.json"


def write_record(root: Path, record: Record) -> None:
    """Write a record, all of it or nothing."""
    text = json.dumps({"format": FORMAT, **record._asdict()}, indent=1, ensure_ascii=False)
    write_whole(path_of(root, record.name), f"{text}\n")


def read_record(root: Path, name: str) -> Record:
    """Return the record of a model.

    Raises
    ------
    DataError : `neuralworks new` did not make it, or the record cannot be read.
    """
    path = path_of(root, name)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise DataError(f"{path}: is of another format than {FORMAT}")
        return Record(**{**content, "folders": tuple(content["folders"])})
    except FileNotFoundError as error:
        raise DataError(
            f"there is no {path}: 'neuralworks new' did not make {name!r}, so that nothing says what belongs to it"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: cannot be read: {type(error).__name__}: {error}") from error


def sha256_of_text(text: str) -> str:
    """Return the SHA-256 of text."""
    return hashlib.sha256(text.encode()).hexdigest()
