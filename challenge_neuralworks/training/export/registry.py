"""Which scikit-learn class is assembled by what; users add their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.training.export import heads, preprocessing, trees
from challenge_neuralworks.training.export.assembly import Registry
from challenge_neuralworks.training.export.trees.optional import OPTIONAL

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import PlainHead, Transform

REGISTRY = Registry(
    transforms=dict(preprocessing.TRANSFORMS),
    heads={**heads.HEADS, **trees.HEADS},
    folding={**heads.FOLDING, **trees.FOLDING},
    optional=OPTIONAL,
)


def register_transform(kind: type, assemble: Transform) -> None:
    """Export fitted transformers of a class, and of no class derived from it, through an assembler."""
    REGISTRY.transforms[kind] = assemble


def register_head(kind: type, assemble: PlainHead) -> None:
    """Export fitted estimators of a class, and of no class derived from it, through an assembler."""
    REGISTRY.heads[kind] = assemble
