"""Forests by masks and by walking: two ways to the same leaves."""

from __future__ import annotations

import pickle
import random
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.scorers.forest import Float32Forest, ForestHead, GuardedForest, MaskForest, WalkedForest
from challenge_neuralworks.training.export.columns import Plain
from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Tree
from challenge_neuralworks.training.export.trees.masking import mask_forest
from challenge_neuralworks.training.export.trees.walking import walked_forest

NUMBERS = (-inf, -2.0, -0.5, 0.0, 0.25, 1.0, 3.0, inf, nan)
CATEGORIES = ("a", "b", "c", None, "unseen", nan)


def _grown(draw: random.Random, n_leaves: int, n_values: int) -> Tree:
    """Return a random tree over two numbers and a category; leaves stand in no order."""
    columns, bounds, left, right, missing_left, values = [-1], [0.0], [0], [0], [False], [()]
    tree = Tree(columns, bounds, left, right, missing_left, values)
    for _ in range(n_leaves - 1):
        node = draw.choice([node for node, column in enumerate(columns) if column < 0])
        columns[node] = draw.randrange(3)
        bound: Any = {name: draw.random() < 0.5 for name in ("a", "b", None)}
        bounds[node] = bound if columns[node] == 2 else draw.choice((-1.0, -0.5, 0.0, 0.25, 2.0, inf))
        missing_left[node] = draw.random() < 0.5
        left[node], right[node] = len(columns), len(columns) + 1
        for table, empty in zip(tree, (-1, 0.0, 0, 0, False, ()), strict=True):
            table.extend([empty, empty])  # type: ignore[attr-defined]
    leaves = [tuple(draw.uniform(-1, 1) for _ in range(n_values)) if column < 0 else () for column in columns]
    return tree._replace(values=leaves)


def _walked(tree: Tree, row: list[Any]) -> tuple[float, ...]:
    node = 0
    while (column := tree.columns[node]) >= 0:
        value, bound = row[column], tree.bounds[node]
        goes_left = tree.missing_left[node]
        if isinstance(bound, dict):
            goes_left = bound.get(value, goes_left)
        elif value == value:  # noqa: PLR0124 - NaN
            goes_left = value <= bound
        node = tree.left[node] if goes_left else tree.right[node]
    return tree.values[node]


@pytest.mark.parametrize("n_leaves", [2, 8, 9, 16, 32, 33, 64])
@pytest.mark.parametrize(("n_values", "n_outputs"), [(1, 1), (1, 3), (2, 2)])
def test_masks_and_walks_reach_the_same_leaves(n_leaves: int, n_values: int, n_outputs: int) -> None:
    """For any shape of tree, any bound, category, missing or infinite value, and any split into outputs."""
    draw = random.Random(n_leaves)
    trees = [_grown(draw, n_leaves - index % 2, n_values) for index in range(6)]
    bases = [0.5 * (output + 1) for output in range(n_outputs)]
    ensemble = Ensemble(trees, bases, "identity", categorical=frozenset({2}))
    masks = mask_forest(ensemble, [Plain(0), Plain(1), Plain(2)])
    walked = walked_forest(ensemble)
    assert isinstance(masks, MaskForest)
    for _ in range(200):
        row = [draw.choice(NUMBERS), draw.choice(NUMBERS), draw.choice(CATEGORIES)]
        reached = [_walked(tree, row) for tree in trees]
        expected = tuple(
            sum(
                [leaf[output] for leaf in reached]
                if n_values > 1
                else [leaf[0] for leaf in _share(reached, output, n_outputs)],
                base,
            )
            for output, base in enumerate(bases)
        )
        assert masks.sums(row) == expected
        assert walked.sums(row) == expected


def _share(reached: list[tuple[float, ...]], output: int, n_outputs: int) -> list[tuple[float, ...]]:
    size = len(reached) // n_outputs
    return reached[output * size : (output + 1) * size]


def test_trees_of_too_many_leaves_are_walked() -> None:
    """No word holds 65 leaves."""
    draw = random.Random(0)
    columns = [Plain(0), Plain(1), Plain(2)]
    assert mask_forest(Ensemble([_grown(draw, 65, 1)], [0.0], "identity"), columns) is None


def test_forests_pass_through_a_pickle() -> None:
    """A part is what its constructor was given, so a pickle of it gives the same sums."""
    draw = random.Random(1)
    ensemble = Ensemble([_grown(draw, 7, 1) for _ in range(4)], [1.0], "identity")
    masks = mask_forest(ensemble, [Plain(0), Plain(1), Plain(2)])
    assert masks is not None
    for forest in (masks, walked_forest(ensemble), GuardedForest(masks, [(0, 0.0, 1.0)], 5.0, missing=True)):
        copy = pickle.loads(pickle.dumps(ForestHead(forest, "sigmoid", 2.0)))
        for row in ([0.1, nan, "a"], [3, -1, None]):
            assert copy.outputs(row) == ForestHead(forest, "sigmoid", 2.0).outputs(row)


def test_a_scale_divides_the_sums() -> None:
    """An average is a sum over the number of trees."""
    forest = walked_forest(Ensemble([_grown(random.Random(2), 5, 2) for _ in range(4)], [0.0, 0.0], "identity"))
    row = [0.0, 1.0, "b"]
    assert ForestHead(forest, "identity", 4.0).raw(row) == tuple(total / 4.0 for total in forest.sums(row))


def test_float32_sums_round_after_each_leaf() -> None:
    """As numpy adds one float32 to the next; rounding the exact sum once would differ."""
    trees = [_grown(random.Random(seed), 5, 1) for seed in range(300)]
    rounded = [
        tree._replace(values=[tuple(float(np.float32(v)) for v in leaf) for leaf in tree.values]) for tree in trees
    ]
    forest = walked_forest(Ensemble(rounded, [float(np.float32(0.1))], "identity"))
    row = [0.25, -0.5, "b"]
    total = np.float32(0.1)
    for tree in rounded:
        total += np.float32(_walked(tree, row)[0])
    assert Float32Forest(forest).sums(row) == (float(total),)
    assert forest.sums(row) != (float(total),)


@pytest.mark.parametrize(("value", "missing", "raises"), [(5.0, False, False), (-5.5, True, True), (nan, False, True)])
def test_a_guard_raises_on_what_the_estimator_raises_on(value: float, missing: bool, raises: bool) -> None:
    """Numbers are checked after they were shifted and scaled; NaN passes where the estimator takes it."""
    forest = WalkedForest((b"\xff" * 4, bytes(8), bytes(4), b"\0"), (0,), {}, (bytes(8), 1), (1.0,))
    guarded = GuardedForest(forest, [(0, 1.0, 2.0)], 5.0, missing)
    row = [value * 2.0 + 1.0]
    if raises:
        with pytest.raises(ValueError, match="column 0 is"):
            guarded.sums(row)
    else:
        assert guarded.sums(row) == (1.0,)
    assert GuardedForest(forest, [(0, 1.0, 2.0)], 5.0, missing=True).sums([nan]) == (1.0,)


@pytest.mark.parametrize("named", [False, True], ids=["numbers", "beside a category"])
def test_an_integer_beyond_floats_is_the_float_next_to_it(named: bool) -> None:
    """A library has float64 only: 2**53 + 1 is not over 2**53 there."""
    tree = Tree([0, -1, -1], [2.0**53, 0.0, 0.0], [1, 0, 0], [2, 0, 0], [False] * 3, [(), (1.0,), (2.0,)])
    other = Tree([1, -1, -1], [{"a": True}, 0.0, 0.0], [1, 0, 0], [2, 0, 0], [False] * 3, [(), (0.0,), (0.0,)])
    forest = walked_forest(Ensemble([tree, other] if named else [tree], [0.0], "identity"))
    assert [forest.sums([2**53 + step, "a"])[0] for step in (0, 1, 2)] == [1.0, 1.0, 2.0]
