"""An alias's document: where it points and every move that brought it there, in one object, so in one write."""

from __future__ import annotations

import json

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.store.errors import AliasInvalid
from challenge_neuralworks.store.layout import alias_key, is_version

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.store.objects import Found

FORMAT = 1

NOWHERE: tuple[int, str | None, str, tuple[Move, ...]] = (0, None, "", ())

MOST_MOVES = 500
"""Moves that a document keeps; older ones are dropped from its front."""


class Move(NamedTuple):
    """One move of an alias: the audit line.

    serial : counts an alias's moves, from 1.
    previous : version it pointed at before; None for the first.
    at : UTC, ISO 8601.
    """

    serial: int
    version: str
    previous: str | None
    at: str
    by: str
    reason: str


class Pointer(NamedTuple):
    """Where an alias points.

    serial : of its last move.
    etag : of the document it was read from, by which a move notices that it is not the same any more.
    moves : newest last.
    """

    version: str
    serial: int
    etag: str
    moves: tuple[Move, ...]


def read_pointer(found: Found, name: str, alias: str) -> Pointer:
    """Return where an alias's document points.

    Raises
    ------
    AliasInvalid : it is no document of this alias; says what is wrong.
    """
    try:
        return _parse(json.loads(found.content), name, alias, found.etag)
    except (ValueError, RecursionError) as error:
        detail = str(error)
    except (KeyError, TypeError, AttributeError) as error:
        detail = f"an entry is missing or of the wrong type: {error}"
    raise AliasInvalid(alias_key(name, alias), detail)


def moved(name: str, alias: str, version: str, before: Pointer | None, by: str, reason: str) -> tuple[Pointer, bytes]:
    """Return where an alias is after one more move, still with the etag of before, and the document that says so."""
    serial, previous, etag, moves = (before.serial, before.version, before.etag, before.moves) if before else NOWHERE
    move = Move(serial + 1, version, previous, _now(), by, reason)
    after = Pointer(version, move.serial, etag, (*moves, move)[-MOST_MOVES:])
    document = {
        "format": FORMAT,
        "model": name,
        "alias": alias,
        "version": version,
        "serial": move.serial,
        "moves": [entry._asdict() for entry in after.moves],
    }
    return after, json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def words(pointer: Pointer | None) -> str:
    """Return where an alias is, for a message."""
    if pointer is None:
        return "no version at all"
    by = f", moved by {pointer.moves[-1].by}" if pointer.moves else ""
    return f"{pointer.version} (move {pointer.serial}{by})"


def _parse(content: Any, name: str, alias: str, etag: str) -> Pointer:
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r:.20} is not the format {FORMAT} that this version reads")
    if (content["model"], content["alias"]) != (name, alias):
        raise ValueError(f"it is of {content['model']!r:.80} and {content['alias']!r:.80}")
    moves = tuple(_read_move(entry) for entry in content["moves"])
    version = _text(content["version"])
    if not is_version(version):
        raise ValueError(f"{version!r:.80} is no version's name")
    return Pointer(version, _count(content["serial"]), etag, moves)


def _read_move(entry: Any) -> Move:
    previous = entry["previous"]
    texts = (_text(entry[field]) for field in ("at", "by", "reason"))
    return Move(_count(entry["serial"]), _text(entry["version"]), previous and _text(previous), *texts)


def _now() -> str:
    from datetime import UTC, datetime  # Who follows an alias moves none.

    # To the microsecond, so that no two moves are the same.
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.80} is no text")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r:.80} is no integer")
    return value
