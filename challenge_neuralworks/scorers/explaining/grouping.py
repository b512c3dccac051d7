"""From derived features back to the fields that they were made of."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def group(contributions: Mapping[str, float], parents: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    """Return contributions with each derived feature's share split equally among the fields it was made of.

    A derived feature takes its value only once all its parents are known. Its share is then a game that only all
    of them together win, and the Shapley value of such a (unanimity) game is an equal part for each. Shapley
    values add up over games, so what a field adds on its own account is added to that.

    Parameters
    ----------
    contributions : feature -> share of the score.
    parents : derived feature -> the fields that it needs, each once.

    Source: Shapley (1953), A Value for n-Person Games, section 3: carriers of unanimity games.
    """
    grouped = dict(contributions)
    parts = [(fields, grouped.pop(feature, 0.0) / len(fields)) for feature, fields in parents.items()]
    for fields, part in parts:
        for field in fields:
            grouped[field] = grouped.get(field, 0.0) + part
    return grouped
