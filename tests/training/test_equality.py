"""The proof of equality: it passes on what is equal, down to rows nobody trained on, and fails on what is not."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.errors import NotEqual, ShapeError
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.signature import Row, Signature
from challenge_neuralworks.training.datasets import Examples, read_flights
from challenge_neuralworks.training.edges import edge_rows, edge_values
from challenge_neuralworks.training.equality import TOLERANCE, prove
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.recipes.delay import pipeline
from challenge_neuralworks.training.signing import learn_signature
from tests.making import INSTANCE, TOY


class _Says:
    """An estimator that answers what it is told."""

    def __init__(self, *predictions: list[float]) -> None:
        self.predictions = predictions

    def predict_proba(self, features: Any) -> Any:
        return np.array(self.predictions[: len(features)])


FLAT = AdditiveScorer(0.0, [])


def _trained(examples: Examples) -> tuple[Any, Signature]:
    signature = learn_signature(Delay.fields, examples.rows)
    features = frame(feature_rows(Delay, examples.rows))
    return pipeline(seed=1).fit(features, examples.target), signature


def _prove_everywhere(examples: Examples, rows: list[Row]) -> float:
    estimator, signature = _trained(examples)
    scorer = export(estimator, signature)
    edges = edge_rows(signature)
    return max(prove(estimator, scorer, feature_rows(Delay, part)) for part in (rows, edges))


@pytest.mark.slow
def test_the_recipe_is_equal_on_ten_thousand_real_flights_and_at_every_edge(real_examples: Examples) -> None:
    """What is served answers what scikit-learn answers, to 1e-12, on real rows and where no data are."""
    chosen = random.Random(3).sample(real_examples.rows, 10_000)
    assert _prove_everywhere(real_examples, chosen) <= TOLERANCE


def test_the_recipe_is_equal_on_the_sample(sample: Any) -> None:
    """The same holds where only the sample is at hand."""
    examples = read_flights(sample)
    assert _prove_everywhere(examples, examples.rows) <= TOLERANCE


def test_a_difference_is_refused_with_the_row_that_shows_it() -> None:
    """The largest difference decides, and the error carries it, the limit and the row."""
    rows = [{"a": 1}, {"a": 2}]
    with pytest.raises(NotEqual) as caught:
        prove(_Says([0.5, 0.5], [0.5 - 2e-12, 0.5 + 2e-12]), FLAT, rows)
    assert caught.value.row == {"a": 2}
    assert caught.value.difference == pytest.approx(2e-12, rel=1e-3)
    assert caught.value.tolerance == TOLERANCE


def test_a_prediction_that_is_no_number_is_never_equal() -> None:
    """NaN compares false with everything; the proof must not read that as no difference."""
    with pytest.raises(NotEqual, match="nan"):
        prove(_Says([0.5, 0.5], [float("nan"), 0.5]), FLAT, [{"a": 1}, {"a": 2}])


def test_nothing_is_no_proof() -> None:
    """Zero rows prove nothing, and predictions of another shape are no predictions of these rows."""
    with pytest.raises(ShapeError, match="at least one row"):
        prove(_Says(), FLAT, [])
    with pytest.raises(ShapeError, match=r"\(1, 3\)"):
        prove(_Says([0.2, 0.3, 0.5]), FLAT, [{"a": 1}])


def test_edges_reach_every_value_that_can_matter() -> None:
    """Every category, every small integer, both bounds of a number and unseen categories occur, and all pass."""
    rows = edge_rows(TOY, mixed=50)
    assert {row["colour"] for row in rows} == {"red", "dark green", "Málaga"}
    assert {"here", "there", "Atlantis", ""} <= {row["place"] for row in rows}
    assert {row["age"] for row in rows} == set(range(10))
    assert {-10.0, 10.0, 0.0} <= {row["weight"] for row in rows}
    assert len(TOY.check(rows).rows) == len(rows)


def test_an_integer_without_bounds_is_tried_with_integers() -> None:
    """Numbers tried for an unbounded integer pass its check: none is a float."""
    field = TOY.fields[2]._replace(minimum=-(10**300), maximum=10**300)
    values = edge_values(field)
    assert {type(value) for value in values} == {int}
    assert Signature([*TOY.fields[:2], field, TOY.fields[3]]).faults({**INSTANCE, "age": values[0]}) == ()
