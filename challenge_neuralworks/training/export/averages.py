"""What the terms of pairs of features are on average, where one of the two is known or neither."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
from challenge_neuralworks.training.export.trees.pairing import Axis, host, range_axis, regions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from challenge_neuralworks.scorers.explaining.columns import Encoding
    from challenge_neuralworks.scorers.pairs import PairHead
    from challenge_neuralworks.training.export.covers import Grove
    from challenge_neuralworks.training.export.trees.pairing import Region

    Floats = NDArray[np.float64]


class _Means:
    """Averages of one pair's table: neither known, the first, the second."""

    def __init__(self, first: int, second: int) -> None:
        self.neither = 0.0
        self.first = np.zeros(first)
        self.second = np.zeros(second)

    def add(self, leaf: Region, pair: tuple[int, ...]) -> None:
        """Add a leaf; an axis that it does not ask about is passed by all."""
        one, other = (leaf.reached.get(position, np.ones(1)) for position in pair)
        of_one, of_other = (leaf.shares.get(position, 1.0) for position in pair)
        self.neither += leaf.value * of_one * of_other
        self.first += leaf.value * of_other * one
        self.second += leaf.value * of_one * other


def pair_explainer(
    grove: Grove, encoding: Encoding, head: PairHead, some: Mapping[str, Any], others: Mapping[str, Any]
) -> PairExplainer | None:
    """Return what explains a head made of these trees; None where a feature is behind several columns.

    Those would each have Shapley values of their own, which the tables, by feature, do not tell apart.

    Parameters
    ----------
    some : a value for each feature.
    others : feature -> a value that its axis does not list, where such may come.
    """
    owned = {encoding.owners[column]: column for column in grove.asked()}
    if len(owned) != len(grove.asked()):
        return None
    axes = {axis[0]: _axis(axis, owned, encoding, some, others) for axis in head.axes}
    positions = list(axes)
    where: list[tuple[int, ...]] = [(positions[one], positions[other]) for one, other, _ in head.pairs]
    means = {pair: _Means(axes[pair[0]].size, axes[pair[1]].size) for pair in where}
    singles = {positions[axis]: 0.0 for axis, _ in head.singles}
    for covered in grove.trees:
        for leaf in regions(covered.tree, axes, covered.covers):
            asked = tuple(sorted(leaf.reached))
            pair = asked if len(asked) == 2 else host(asked[0], where) if asked else None
            if pair is not None:
                means[pair].add(leaf, pair)
            elif asked:
                singles[asked[0]] += leaf.value * leaf.shares[asked[0]]
    pairs = [(one.neither, _bytes(one.first), _bytes(one.second)) for one in means.values()]
    return PairExplainer(encoding.features, head, grove.expected(), singles.values(), pairs)


def _axis(
    axis: Any, owned: Mapping[str | None, int], encoding: Encoding, some: Mapping[str, Any], others: Mapping[str, Any]
) -> Axis:
    feature = encoding.features[axis[0]]
    column = owned[feature]
    if len(axis) == 4:
        return range_axis(column, axis)
    # Of the values that share a place, any stands for all: no node tells them apart.
    some_of = {place: value for value, place in axis[1].items()}
    values = [some_of[place] for place in range(axis[2])]
    made = [float(encoding.columns({**some, feature: value})[column]) for value in values]
    other = float(encoding.columns({**some, feature: others[feature]})[column]) if feature in others else nan
    return Axis(axis, {column: [*made, other]})


def _bytes(numbers: Floats) -> bytes:
    return numbers.astype("<f8").tobytes()
