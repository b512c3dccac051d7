"""Tree explanations are Shapley values: by definition, and as the package `shap` computes them."""

from __future__ import annotations

import json
import pickle
import random
from math import nan
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.explaining import Explanation
from challenge_neuralworks.scorers.explaining.columns import Encoding
from challenge_neuralworks.scorers.explaining.trees import TreeExplainer
from challenge_neuralworks.training.export.covers import Covered, Grove
from challenge_neuralworks.training.export.laying import tree_explainer
from challenge_neuralworks.training.export.trees.ensemble import Tree
from tests.scorers.explaining import brute

NAMES = ("one", "two", "three", "four", "kind")
OF_SHAP = json.loads((Path(__file__).parent / "shap_values.json").read_text(encoding="utf-8"))


def _explainer(grove: Grove, names: tuple[str, ...] = NAMES) -> TreeExplainer:
    numbers = [position for position, name in enumerate(names) if name != "kind"]
    return tree_explainer(grove, Encoding(names, numbers, Chain(()), names))


def _row(draw: random.Random) -> dict[str, Any]:
    row: dict[str, Any] = {name: draw.choice((None, draw.uniform(-1.5, 1.5))) for name in NAMES[:-1]}
    return {**row, "kind": draw.choice(("a", "b", "unseen", None))}


def _columns(row: dict[str, Any]) -> list[Any]:
    return [nan if row[name] is None and name != "kind" else row[name] for name in NAMES]


@pytest.mark.parametrize("seed", range(40))
def test_contributions_are_shapley_values(seed: int) -> None:
    """A sum over all sets of columns gives the same, with missing values and categories, known or not."""
    draw = random.Random(seed)
    grove = brute.grove(draw, n_trees=3, n_columns=len(NAMES), n_leaves=draw.choice((1, 2, 5, 12)))
    explainer = _explainer(grove)
    for _ in range(4):
        row = _row(draw)
        columns = _columns(row)
        expected = brute.shapley(lambda known, of=columns: brute.score(grove, of, known), len(NAMES))  # type: ignore[misc]
        explanation = explainer.explain(row)
        assert list(explanation.contributions.values()) == pytest.approx(expected, rel=0, abs=1e-12)
        assert explanation.base == pytest.approx(brute.score(grove, columns, frozenset()), rel=0, abs=1e-12)
        assert explanation.score == pytest.approx(brute.score(grove, columns, frozenset(range(5))), rel=0, abs=1e-12)


@pytest.mark.parametrize("case", OF_SHAP["cases"], ids=lambda case: case["estimator"])
def test_contributions_are_those_of_shap(case: dict[str, Any]) -> None:
    """TreeExplainer(feature_perturbation="tree_path_dependent") says the same of fitted scikit-learn ensembles."""
    trees = [Covered(Tree(*table), covers) for table, covers in case["trees"]]
    explainer = _explainer(Grove(trees, case["bias"]), tuple(case["columns"]))
    for row, expected in zip(case["rows"], case["shap_values"], strict=True):
        explanation = explainer.explain(dict(zip(case["columns"], row, strict=True)))
        assert list(explanation.contributions.values()) == pytest.approx(expected, rel=0, abs=1e-9)
        assert explanation.base == pytest.approx(case["expected_value"], rel=0, abs=1e-9)


def _total(explanation: Explanation) -> float:
    return explanation.base + sum(explanation.contributions.values())


@pytest.mark.parametrize("n_leaves", [2, 50, 400])
def test_contributions_add_up_however_deep_the_trees(n_leaves: int) -> None:
    """Base and contributions are the score, where paths ask many columns or one column many times."""
    draw = random.Random(n_leaves)
    names = (*(f"c{i}" for i in range(40)), "kind")
    many = _explainer(brute.grove(draw, 5, len(names), n_leaves), names)
    few = _explainer(brute.grove(draw, 5, 2, n_leaves), ("c0", "kind"))
    for _ in range(10):
        row = {**{name: draw.uniform(-1.5, 1.5) for name in names[:-1]}, "kind": "a"}
        for explainer in (many, few):
            explanation = explainer.explain(row)
            assert _total(explanation) == pytest.approx(explanation.score, rel=0, abs=1e-12)


def test_a_feature_that_no_tree_asks_adds_nothing() -> None:
    """It adds exactly 0.0, and is listed all the same."""
    grove = brute.grove(random.Random(3), n_trees=5, n_columns=2, n_leaves=6)
    encoding = Encoding(("asked", "idle", "kind"), (0, 1), Chain(()), ("asked", "kind", None))
    contributions = tree_explainer(grove, encoding).explain({"asked": 0.5, "idle": "a", "kind": "b"}).contributions
    assert contributions["idle"] == 0.0
    assert list(contributions) == ["asked", "idle", "kind"]
    assert contributions["asked"] != 0.0


def test_features_that_play_the_same_part_share_alike() -> None:
    """An AND of two features, grown on as many rows either way, credits both equally."""
    tree = Tree(
        [0, -1, 1, -1, -1], [0.0] * 5, [1, 0, 3, 0, 0], [2, 0, 4, 0, 0], [True] * 5, [(), (0.0,), (), (0.0,), (1.0,)]
    )
    explainer = _explainer(Grove([Covered(tree, [8.0, 4.0, 4.0, 2.0, 2.0])], 0.0), ("one", "two"))
    both, neither = (explainer.explain({"one": value, "two": value}) for value in (1.0, -1.0))
    assert both.base == neither.base == 0.25
    assert both.contributions == pytest.approx({"one": 0.375, "two": 0.375}, rel=0, abs=1e-15)
    assert neither.contributions == pytest.approx({"one": -0.125, "two": -0.125}, rel=0, abs=1e-15)


def test_keys_in_any_order_and_a_pickle_change_nothing() -> None:
    """An explanation depends on the values of a row alone, and is the same from a pickle, bit for bit."""
    draw = random.Random(5)
    explainer = _explainer(brute.grove(draw, 4, len(NAMES), 9))
    again = pickle.loads(pickle.dumps(explainer))
    for _ in range(20):
        row = _row(draw)
        given = dict(row)
        turned = dict(reversed(list(row.items())))
        assert explainer.explain(row) == explainer.explain(turned) == again.explain(row)
        assert row == given
    assert pickle.dumps(explainer) == pickle.dumps(again)
