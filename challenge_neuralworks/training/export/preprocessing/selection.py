"""Assembler of what keeps some columns and leaves out the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.stages.composition import Branches
from challenge_neuralworks.training.export.columns import Assembled
from challenge_neuralworks.training.export.preprocessing.guards import refuse_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source


def selector(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return the columns that a fitted selector's ``get_support`` names, as they are."""
    if not _takes_missing(transformer):
        refuse_missing(sources, step, type(transformer).__name__)
    kept = [int(position) for position in transformer.get_support(indices=True)]
    return Assembled(Branches([(kept, None)]), tuple(sources[position] for position in kept))


def _takes_missing(transformer: Any) -> bool:
    # Tags were a dictionary before scikit-learn 1.6.
    if hasattr(transformer, "__sklearn_tags__"):
        return bool(transformer.__sklearn_tags__().input_tags.allow_nan)
    return bool(transformer._get_tags()["allow_nan"])  # noqa: SLF001 - as above
