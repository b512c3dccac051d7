"""An alias's moves as the audit lines that people read and programs take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from challenge_neuralworks.store.versions import Move, Pointer

NONE = "none"
"""Where an alias was before its first move."""


def audit_line(name: str, alias: str, move: Move) -> str:
    """Return a move in one line, such as ``delay production 3: a1 -> b2 at 2026-... by ada@host: gates passed``."""
    way = f"{move.previous or NONE} -> {move.version}"
    return f"{name} {alias} {move.serial}: {way} at {move.at} by {move.by}: {move.reason}"


def audit_record(name: str, alias: str, move: Move) -> dict[str, Any]:
    """Return a move as JSON values."""
    return {"model": name, "alias": alias, **move._asdict()}


def last_line(name: str, alias: str, pointer: Pointer) -> str:
    """Return the audit line of the move that brought an alias where it is."""
    return audit_line(name, alias, pointer.moves[-1])
