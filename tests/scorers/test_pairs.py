"""Sums over pairs of features: each value at its place, any other at the last one."""

from __future__ import annotations

import math
import pickle
import struct

import pytest

from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
from challenge_neuralworks.scorers.links import sigmoid
from challenge_neuralworks.scorers.pairs import PairHead, PairScorer


def _bytes(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}d", *numbers)


# Axis 0: red, blue, other; axis 1: 7, missing, other; axis 2: x, other.
AXES = [(0, {"red": 0, "blue": 1}, 2), (1, {7: 0, None: 1}, 2), (2, {"x": 0}, 1)]
PAIR = _bytes(1.0, 2.0, 3.0, 10.0, 20.0, 30.0, 100.0, 200.0, 300.0)
HEAD = PairHead(0.5, AXES, [(2, _bytes(0.25, -0.25))], [(0, 1, PAIR)], "identity")


@pytest.mark.parametrize(
    ("columns", "score"),
    [
        (["red", 7, "x"], 1.75),
        (["blue", None, "x"], 20.75),
        (["blue", math.nan, "x"], 20.75),
        (["green", 8, "y"], 300.25),
    ],
    ids=["listed", "missing as None", "missing as NaN", "not listed"],
)
def test_a_score_is_the_sum_of_its_terms(columns: list[object], score: float) -> None:
    """Base, the term of the single feature, and that of the pair; NaN is the object that a columns scorer makes."""
    assert HEAD.raw(columns) == (score,)
    assert HEAD.outputs(columns) == (score,)


def test_the_link_turns_the_score_into_probabilities() -> None:
    """Two classes, in order."""
    head = PairHead(0.5, AXES, [], [(0, 1, _bytes(*[0.0] * 9))], "sigmoid")
    assert head.outputs(["red", 7, "x"]) == (1.0 - sigmoid(0.5), sigmoid(0.5))


def test_a_pickle_gives_the_same_head() -> None:
    """Tables travel as bytes."""
    again = pickle.loads(pickle.dumps(HEAD))
    assert (again.pairs, again.raw(["blue", 7, "y"])) == (HEAD.pairs, (10.25,))


def test_shares_are_the_mean_over_both_orders_of_asking() -> None:
    """Red alone is worth 3 and 7 alone 5, where nothing is worth 2 and both 9: 1 and 4 are red's gains, 3 and 6 7's."""
    head = PairHead(0.0, AXES[:2], [], [(0, 1, _bytes(9.0, *[0.0] * 8))], "identity")
    explainer = PairExplainer(["colour", "age", "idle"], head, 2.0, [], [(2.0, _bytes(3, 0, 0), _bytes(5, 0, 0))])
    base, contributions, score = explainer.explain({"colour": "red", "age": 7, "idle": "?"})
    assert (base, score) == (2.0, 9.0)
    assert contributions == {"colour": (1.0 + 4.0) / 2, "age": (3.0 + 6.0) / 2, "idle": 0.0}


def test_a_single_term_is_its_features_own() -> None:
    """Its share is the term less what it is on average."""
    explainer = PairExplainer(["colour", "age", "kind"], HEAD, 1.0, [0.125], [(0.0, _bytes(0, 0, 0), _bytes(0, 0, 0))])
    assert explainer.explain({"colour": "red", "age": 7, "kind": "y"}).contributions["kind"] == -0.375


@pytest.mark.parametrize(("value", "place"), [(-9.0, 0), (6.0, 0), (6.1, 1), (10.0, 1), (11.0, 2), (math.nan, 3)])
def test_a_number_has_the_place_of_its_interval(value: float, place: int) -> None:
    """Thresholds 1 and 3 of (value - 4) / 2: up to 6, up to 10, above, and missing, as NaN or as None."""
    head = PairHead(0.0, [(0, 4.0, 2.0, (1.0, 3.0))], [(0, _bytes(0, 1, 2, 3))], [], "identity")
    assert head.raw([value]) == (place,)
    assert (head.raw([None]), head.width(0)) == ((3.0,), 4)


@pytest.mark.parametrize("link", PairScorer.LINKS)
def test_a_scorer_of_rows_is_its_head_over_columns(link: str) -> None:
    """Listed, missing and other values, and numbers between thresholds: bit for bit."""
    axes = [AXES[0], AXES[1], (2, 4.0, 2.0, (1.0, 3.0))]
    head = PairHead(0.5, axes, [(2, _bytes(0, 1, 2, 3))], [(0, 1, PAIR)], link)
    scorer = pickle.loads(pickle.dumps(PairScorer(["colour", "age", "weight"], head)))
    for columns in (["red", 7, 6.0], ["blue", None, None], ["green", 9, 1e300]):
        row = dict(zip(("colour", "age", "weight"), columns, strict=True))
        assert scorer.predict(row) == head.outputs(columns)


def test_rows_are_decoded_when_they_are_asked_for() -> None:
    """A load costs nothing for what no request needs, and a row is decoded once."""
    head = PairHead(0.5, AXES, [], [(0, 1, PAIR)], "identity")
    rows = head.pair_terms[0][2]
    assert dict(rows) == {}
    assert head.raw(["blue", None, "x"]) == (20.5,)
    assert dict(rows) == {1: [10.0, 20.0, 30.0]}
    assert rows[1] is rows[1]
