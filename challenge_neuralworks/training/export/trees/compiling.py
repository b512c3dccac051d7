"""From trees over columns of any kind to the quickest head that decides the same way."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from challenge_neuralworks.scorers.columns import PipelineHead
from challenge_neuralworks.scorers.forest import Float32Forest, ForestHead, GuardedForest
from challenge_neuralworks.training.export.columns import Raw, Table
from challenge_neuralworks.training.export.encoding import encode
from challenge_neuralworks.training.export.trees.adding import additive_head
from challenge_neuralworks.training.export.trees.masking import mask_forest
from challenge_neuralworks.training.export.trees.pairing import pair_head
from challenge_neuralworks.training.export.trees.reading import affine, read
from challenge_neuralworks.training.export.trees.walking import walked_forest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.forest import Forest
    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column
    from challenge_neuralworks.training.export.trees.ensemble import Ensemble

MOST_SUMMED = 1e3
"""Times a prediction, or 1, that leaves may add up to, for sums in another order to be equal to 1e-12."""


def tree_head(ensemble: Ensemble, columns: Sequence[Column], step: Step) -> Head:
    """Return an ensemble over columns.

    Sums of tables where every leaf is behind one feature of few values, or two, and their order does not show; masks
    where trees are small; else a walk.

    Raises
    ------
    Unsupported : a column can hold what the estimator raises on, or a category that it reads as a number.
    """
    known = read(ensemble, columns, step)
    checked = [column for column in known if not isinstance(column, Table)] if ensemble.inputs.largest < inf else []
    # Tables could not be added up in float32, tree by tree.
    if not checked and not ensemble.float32 and _keeps_digits(ensemble):
        folded = additive_head(ensemble, known) or pair_head(ensemble, known)
        if folded is not None:
            return folded
    masks = mask_forest(ensemble, known)
    if masks is None:
        return _walked(ensemble, known)
    return _head(ensemble, masks, [(column.position, *affine(column)) for column in checked])


def _keeps_digits(ensemble: Ensemble) -> bool:
    """Return whether no prediction can be so small beside the leaves that it shows in which order these are summed.

    Masks sum tree by tree, as the library itself does; tables do not.
    """
    for (_, trees, output), base in zip(ensemble.blocks(), ensemble.bases, strict=True):
        leaves = [[value[output] for value in tree.values if value] for tree in trees]
        low, high = sum(map(min, leaves), base), sum(map(max, leaves), base)
        least = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
        together = sum((max(map(abs, values)) for values in leaves), abs(base))
        # Not so of NaN either.
        if not together <= MOST_SUMMED * max(ensemble.scale, least):
            return False
    return True


def _walked(ensemble: Ensemble, columns: Sequence[Column]) -> Head:
    forest = walked_forest(ensemble)
    if any(isinstance(column, Raw) for column in columns):
        # Categories as they come, which only an estimator right over the features reads: they are in their places.
        return _head(ensemble, forest, ())
    limited = ensemble.inputs.largest < inf
    numbers = [(i, 0.0, 1.0) for i, column in enumerate(columns) if limited and not isinstance(column, Table)]
    return PipelineHead(encode(columns), _head(ensemble, forest, numbers))


def _head(ensemble: Ensemble, forest: Forest, numbers: Sequence[tuple[int, float, float]]) -> ForestHead:
    if ensemble.float32:
        forest = Float32Forest(forest)
    if numbers:
        forest = GuardedForest(forest, numbers, ensemble.inputs.largest, ensemble.inputs.missing)
    return ForestHead(forest, ensemble.link, ensemble.scale)
