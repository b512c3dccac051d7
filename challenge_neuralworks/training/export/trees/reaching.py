"""Which leaves each value of a column leaves reachable, over all trees at once, as one integer."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from challenge_neuralworks.training.export.trees.ensemble import Bound, Tree

WORD_BITS = (8, 16, 32, 64)
"""Leaves that all trees may have, for a word of as many bits to hold them."""


class Split(NamedTuple):
    """A node, with the leaves on either side of it."""

    bound: Bound
    missing_left: bool
    left: int
    right: int


class Reach:
    """What each value of one column leaves reachable.

    Attributes
    ----------
    thresholds, masks : ``masks[i]`` is of values up to and with ``thresholds[i]``; one more of those above all.
    categories : masks of those that some node names; where there are any, other values are missing ones.
    missing : mask of NaN.
    """

    def __init__(self, splits: Sequence[Split], everything: int) -> None:
        self.missing = everything
        for split in splits:
            self.missing &= ~(split.right if split.missing_left else split.left)
        self.categories = _categories(splits, everything)
        self.thresholds, self.masks = _intervals(splits, everything)

    def of(self, value: Any) -> int:
        """Return the mask of a value; None is missing unless it is a category."""
        if self.categories:
            return self.categories.get(value, self.missing)
        if value is None or value != value:  # noqa: PLR0124 - NaN
            return self.missing
        return self.masks[bisect_left(self.thresholds, value)]


def word_bits(trees: Sequence[Tree]) -> int | None:
    """Return the bits of the smallest word that holds the leaves of any tree; None where none does."""
    most = max((tree.n_leaves for tree in trees), default=1)
    return next((bits for bits in WORD_BITS if most <= bits), None)


def reaches(trees: Sequence[Tree], bits: int) -> dict[int, Reach]:
    """Return what is reachable by each column that any tree asks."""
    splits: dict[int, list[Split]] = {}
    everything = 0
    for index, tree in enumerate(trees):
        shift = index * bits
        everything |= _run(0, tree.n_leaves) << shift
        for node, (start, middle, end) in spans(tree):
            split = Split(
                tree.bounds[node], tree.missing_left[node], _run(start, middle) << shift, _run(middle, end) << shift
            )
            splits.setdefault(tree.columns[node], []).append(split)
    return {column: Reach(splits[column], everything) for column in sorted(splits)}


def leaves(tree: Tree) -> list[int]:
    """Return the leaves' nodes from left to right."""
    found: list[int] = []
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if tree.columns[node] < 0:
            found.append(node)
        else:
            waiting += [tree.right[node], tree.left[node]]
    return found


def spans(tree: Tree) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """Yield each inner node with the first of its leaves, the first of those to its right, and the one after all."""
    order = {node: place for place, node in enumerate(leaves(tree))}
    counts = {node: (place, place + 1) for node, place in order.items()}
    waiting = [0]
    while waiting:
        node = waiting[-1]
        sides = (tree.left[node], tree.right[node])
        if node in counts:
            waiting.pop()
        elif all(side in counts for side in sides):
            (start, middle), (_, end) = counts[sides[0]], counts[sides[1]]
            counts[node] = (start, end)
            yield node, (start, middle, end)
        else:
            waiting += sides


def _run(start: int, end: int) -> int:
    return ((1 << (end - start)) - 1) << start


def _categories(splits: Sequence[Split], everything: int) -> dict[Any, int]:
    masks: dict[Any, int] = {}
    for split in splits:
        if not isinstance(split.bound, dict):
            return {}
        for category in split.bound:
            masks.setdefault(category, everything)
    for category, mask in masks.items():
        left = 0
        for split in splits:
            goes_left = split.bound.get(category, split.missing_left)  # type: ignore[union-attr]  # all are dicts
            left |= split.right if goes_left else split.left
        masks[category] = mask & ~left
    return masks


def _intervals(splits: Sequence[Split], everything: int) -> tuple[list[float], list[int]]:
    sides: dict[float, tuple[int, int]] = {}
    for bound, _, left, right in splits:
        if not isinstance(bound, dict):
            before = sides.get(bound, (0, 0))
            sides[bound] = (before[0] | left, before[1] | right)
    thresholds = sorted(sides)
    # A value over a threshold rules out what is left of it; one up to it, what is right of it.
    masks = [everything]
    for threshold in thresholds:
        masks.append(masks[-1] & ~sides[threshold][0])
    below = everything
    for index in reversed(range(len(thresholds))):
        below &= ~sides[thresholds[index]][1]
        masks[index] &= below
    return thresholds, masks
