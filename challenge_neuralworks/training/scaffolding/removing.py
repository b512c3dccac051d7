"""Taking a model away: all that was made for it, and nothing that somebody has written since."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.reporting import write_whole
from challenge_neuralworks.training.scaffolding.entries import entry_of, without_entry, without_stages
from challenge_neuralworks.training.scaffolding.project import made_by_stages
from challenge_neuralworks.training.scaffolding.record import path_of, read_record, sha256_of_text

if TYPE_CHECKING:
    from pathlib import Path

    from challenge_neuralworks.training.scaffolding.record import Record


class Edited(DataError):
    """Files that were written for a model are not as they were written; they are not taken away unasked."""

    code = "edited-files"

    def __init__(self, name: str, paths: tuple[str, ...]) -> None:
        super().__init__(
            f"{name} is not removed, for these were edited since: {', '.join(paths)}; --force removes them all the same"
        )
        self.paths = paths


class Removal(NamedTuple):
    """What taking a model away would do.

    gone : files and folders that go; changed : files that only lose what is the model's.
    edited : among both, what somebody has edited.
    """

    record: Record
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    edited: tuple[str, ...]


def plan_removal(root: Path, name: str) -> Removal:
    """Return what taking a model away would do.

    Raises
    ------
    DataError : it was not made by `new`.
    """
    record = read_record(root, name)
    files = [path for path in record.files if (root / path).is_file()]
    made = [path for path in made_by_stages(name) if (root / path).exists()]
    edited = [path for path in files if record.files[path] and sha256_of(root / path) != record.files[path]]
    own = {path: (_read(root / path), _without(root / path, name)) for path in ("params.yaml", "dvc.lock")}
    changed = [path for path, (before, after) in own.items() if before != after]
    entry = entry_of(own["params.yaml"][0], name)
    # One that is not finished may hold an entry without gates yet.
    if entry and record.entry and sha256_of_text(entry) != record.entry:
        edited.append(f"params.yaml ({name})")
    return Removal(record, (*files, *made), tuple(changed), tuple(edited))


def remove(root: Path, removal: Removal, *, force: bool = False) -> None:
    """Take a model away; if this is broken off, the record still says what is left.

    Raises
    ------
    Edited : somebody has edited what would go, and it is not forced.
    """
    if removal.edited and not force:
        raise Edited(removal.record.name, removal.edited)
    for path in removal.changed:
        write_whole(root / path, _without(root / path, removal.record.name))
    for path in removal.gone:
        take_away(root / path)


def forget(root: Path, record: Record) -> None:
    """Delete the record, and folders that were made for the model and hold nothing now."""
    take_away(path_of(root, record.name))
    for folder in sorted(record.folders, key=len, reverse=True):
        if (root / folder).is_dir() and not any((root / folder).iterdir()):
            (root / folder).rmdir()


def take_away(path: Path) -> None:
    """Delete a file, what Python has compiled of it, or a folder with all that it holds."""
    if path.is_dir():
        shutil.rmtree(path)
        return
    path.unlink(missing_ok=True)
    if path.suffix == ".py":
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink(missing_ok=True)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _without(path: Path, name: str) -> str:
    return (without_entry if path.name == "params.yaml" else without_stages)(_read(path), name)
