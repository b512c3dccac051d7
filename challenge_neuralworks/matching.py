"""How a string finds its category: exactly, by folding, or not at all (then: the nearest, as a hint)."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_MATCHED = 200
"""Characters; a longer string is no category, and comparing it would cost the caller's neighbours."""


def fold(text: str) -> str:
    """Return text without case, accents and white space: what two spellings of a category share."""
    from unicodedata import normalize  # Only an inexact match needs it.

    return _spelling(normalize("NFKD", text))


def _spelling(apart: str) -> str:
    from unicodedata import combining

    plain = "".join(letter for letter in apart if not combining(letter))
    return "".join(plain.casefold().split())


def _spelling_of(text: str) -> str | None:
    # One letter may come apart into eighteen: what counts is how many there are then.
    from unicodedata import normalize

    if len(text) > LONGEST_MATCHED:
        return None
    apart = normalize("NFKD", text)
    return _spelling(apart) if len(apart) <= 2 * LONGEST_MATCHED else None


def folded_categories(categories: Iterable[str]) -> dict[str, str]:
    """Return folded spelling -> category, without the spellings that two categories share."""
    spellings: dict[str, list[str]] = {}
    for category in categories:
        spellings.setdefault(fold(category), []).append(category)
    return {spelling: same[0] for spelling, same in spellings.items() if len(same) == 1}


def match(text: str, folded: Mapping[str, str]) -> str | None:
    """Return the one category that text spells once folded, or None."""
    spelling = _spelling_of(text)
    return None if spelling is None else folded.get(spelling)


def nearest(text: str, folded: Mapping[str, str]) -> str | None:
    """Return the category a person most likely meant, or None where none is near."""
    from difflib import get_close_matches  # Only a fault needs it; 3 ms to import.

    spelling = _spelling_of(text)
    if spelling is None:
        return None
    close = get_close_matches(spelling, folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None
