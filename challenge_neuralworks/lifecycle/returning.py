"""Taking a version back: which one was served before, and the move to it."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from challenge_neuralworks.lifecycle.refusing import Refused
from challenge_neuralworks.lifecycle.sides import fetch_side, resolve
from challenge_neuralworks.store.errors import UnknownAlias
from challenge_neuralworks.store.versions import PRODUCTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.lifecycle.sides import Trust
    from challenge_neuralworks.store.versions import Move, Pointer, Versions


def standing(versions: Versions, name: str) -> Pointer:
    """Return where production is.

    Raises
    ------
    UnknownAlias : the model was never promoted.
    """
    pointer = versions.alias(name, PRODUCTION)
    if pointer is None:
        raise UnknownAlias(name, PRODUCTION)
    return pointer


def served_before(moves: Sequence[Move]) -> tuple[str, ...]:
    """Return the versions that were served before the present one, oldest first, less those that were taken back.

    A move to a version that is still among those before is a way back: what was left by it was bad, and a second
    way back must not lead there.
    """
    served: list[str] = []
    for move in moves:
        if not served and move.previous:
            # Older moves than a document keeps.
            served.append(move.previous)
        if move.version in served:
            del served[served.index(move.version) + 1 :]
        else:
            served.append(move.version)
    return tuple(served[:-1])


def former_version(moves: Sequence[Move]) -> str | None:
    """Return the last of `served_before`, None where there is none."""
    return next(reversed(served_before(moves)), None)


def way_back(versions: Versions, name: str, to: str, trust: Trust) -> tuple[Pointer, str]:
    """Return where production is, and the version to go back to, which has loaded with all its checks.

    Parameters
    ----------
    to : a version or an alias; "" is the one served before.

    Raises
    ------
    Refused : there is none, or production is there already.
    NeuralworksError : it does not load.
    """
    now = standing(versions, name)
    version = resolve(versions, name, to) if to else former_version(now.moves)
    if version is None:
        raise Refused(f"nothing was served before {now.version} of {name}: name a version with --to")
    if version == now.version:
        raise Refused(f"{name} is at {version} already: name another version with --to")
    with TemporaryDirectory(prefix="neuralworks-") as folder:
        trust.load(fetch_side(versions, name, version, folder))
    return now, version


def return_to(versions: Versions, name: str, now: Pointer, version: str, by: str, reason: str) -> Pointer:
    """Point production back at a version, and return where it is now; raises `AliasMoved` where it moved meanwhile."""
    return versions.move(name, PRODUCTION, version, now, by, reason)
