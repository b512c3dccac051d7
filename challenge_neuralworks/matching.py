"""How a string finds its category: exactly, by folding, or not at all (then: the nearest, as a hint)."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_MATCHED = 200
"""Characters; a longer string is no category, and comparing it would cost the caller's neighbours."""


def fold(text: str) -> str:
    """Return text without case, accents and white space: what two spellings of a category share."""
    from unicodedata import combining, normalize  # Only an inexact match needs it.

    plain = "".join(letter for letter in normalize("NFKD", text) if not combining(letter))
    return "".join(plain.casefold().split())


def folded_categories(categories: Iterable[str]) -> dict[str, str]:
    """Return folded spelling -> category, without the spellings that two categories share."""
    spellings: dict[str, list[str]] = {}
    for category in categories:
        spellings.setdefault(fold(category), []).append(category)
    return {spelling: same[0] for spelling, same in spellings.items() if len(same) == 1}


def match(text: str, folded: Mapping[str, str]) -> str | None:
    """Return the one category that text spells once folded, or None."""
    return folded.get(fold(text)) if len(text) <= LONGEST_MATCHED else None


def nearest(text: str, folded: Mapping[str, str]) -> str | None:
    """Return the category a person most likely meant, or None where none is near."""
    from difflib import get_close_matches  # Only a fault needs it; 3 ms to import.

    if len(text) > LONGEST_MATCHED:
        return None
    close = get_close_matches(fold(text), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None
