"""Explanations of sums of terms: each term, less its reference."""

from __future__ import annotations

import pickle
import random
from typing import Any

import pytest

from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.explaining import ExplainedScorer, Explanation
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.scorers.explaining.columns import Encoding, LinearExplainer
from challenge_neuralworks.scorers.stages.scaling import Standardize
from tests.making import INSTANCE, TOY_SCORER
from tests.scorers.explaining import brute

REFERENCES = {"colour": 0.5, "place": -0.25, "age": 0.125, "weight": 1.0, "idle": 0.0}


def test_a_contribution_is_a_term_less_its_reference() -> None:
    """By hand, on the toy: the terms are 0.25, 0.125, 0.375 and 0.125; what no term reads adds 0.0."""
    explanation = AdditiveExplainer(TOY_SCORER, REFERENCES).explain(INSTANCE)
    shares = {"colour": -0.25, "place": 0.375, "age": 0.25, "weight": -0.875, "idle": 0.0}
    assert explanation == Explanation(0.875, shares, 0.375)
    assert AdditiveExplainer(TOY_SCORER, {}).explain(INSTANCE) == Explanation(
        -0.5, {"colour": 0.25, "place": 0.125, "age": 0.375, "weight": 0.125}, 0.375
    )


@pytest.mark.parametrize("seed", range(10))
def test_contributions_add_up_to_the_very_score(seed: int) -> None:
    """The score is the scorer's own, bit for bit; base and contributions add up to it, known value or not."""
    draw = random.Random(seed)
    explainer = AdditiveExplainer(TOY_SCORER, {name: draw.uniform(-5, 5) for name in INSTANCE})
    for _ in range(50):
        row = {
            "colour": draw.choice(("red", "dark green", "Málaga")),
            "place": draw.choice(("here", "unseen", None)),
            "age": draw.randrange(10),
            "weight": draw.uniform(-10, 10),
        }
        explanation = explainer.explain(row)
        assert explanation.score == TOY_SCORER.score(row)
        assert explanation.base + sum(explanation.contributions.values()) == pytest.approx(explanation.score, abs=1e-13)


def test_terms_of_one_feature_are_one_contribution() -> None:
    """A feature's reference is of all its terms together, and is taken off once."""
    scorer = AdditiveScorer(1.0, [("age", {1: 2.0}, 0.0)], [("age", 0.5, 0.0, 1.0), ("age", 4.0, 0.0, 1.0)])
    assert AdditiveExplainer(scorer, {"age": 1.5}).explain({"age": 1}) == Explanation(2.5, {"age": 5.0}, 7.5)


def test_contributions_are_shapley_values() -> None:
    """A sum over all sets of features, the unknown ones at their references, gives the same."""
    names = list(INSTANCE)
    terms = AdditiveExplainer(TOY_SCORER, {}).explain(INSTANCE).contributions

    def value(known: frozenset[int]) -> float:
        return sum(terms[name] if i in known else REFERENCES[name] for i, name in enumerate(names))

    contributions = AdditiveExplainer(TOY_SCORER, REFERENCES).explain(INSTANCE).contributions
    assert [contributions[name] for name in names] == pytest.approx(brute.shapley(value, len(names)), abs=1e-15)


def test_an_explained_scorer_predicts_as_its_scorer_does() -> None:
    """It adds explanations and changes nothing; so it does after a pickle round trip, whatever the order of keys."""
    scorer = ExplainedScorer(TOY_SCORER, AdditiveExplainer(TOY_SCORER, REFERENCES))
    again = pickle.loads(pickle.dumps(scorer))
    turned = dict(reversed(INSTANCE.items()))
    assert scorer.predict(INSTANCE) == again.predict(turned) == TOY_SCORER.predict(INSTANCE)
    assert scorer.predict_many([INSTANCE]) == again.predict_many([turned]) == TOY_SCORER.predict_many([INSTANCE])
    assert scorer.explain(INSTANCE) == again.explain(turned)
    assert again.explainer.scorer is again.scorer


def _linear(**changes: Any) -> LinearExplainer:
    encoding = Encoding(("x", "y", "idle"), (0, 1, 2), Standardize((1.0, 0.0, 0.0), (2.0, 1.0, 1.0)), ("x", "y", None))
    given = {"encoding": encoding, "weights": (4.0, 0.5, 0.0), "means": (0.25, 2.0, 0.0), "intercept": -1.0, **changes}
    return LinearExplainer(**given)


def test_columns_of_a_weighted_sum_are_grouped_by_feature() -> None:
    """By hand: a column adds its weight times what it is over its mean, to the feature that it was made from."""
    row = {"x": 4.0, "y": 3.0, "idle": 7.0}
    assert _linear().explain(row) == Explanation(1.0, {"x": 5.0, "y": 0.5, "idle": 0.0}, 6.5)
    both = Encoding(("x", "y", "idle"), (0, 1, 2), Chain(()), ("y", "y", None))
    assert _linear(encoding=both).explain(row) == Explanation(1.0, {"x": 0.0, "y": 15.5, "idle": 0.0}, 16.5)
    again = pickle.loads(pickle.dumps(_linear()))
    assert again.explain(row) == _linear().explain(row)
