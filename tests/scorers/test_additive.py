"""The additive scorer: the sum of its terms, safe at both ends, and the same after a pickle."""

from __future__ import annotations

import math
import pickle

import dill
import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge_neuralworks.scorers.additive import AdditiveScorer, LookupTerm, NumberTerm
from challenge_neuralworks.scorers.links import sigmoid

SCORER = AdditiveScorer(
    0.5,
    [("colour", {"red": 1.0, "blue": -2.0}, 0.25), ("hour", {hour: hour / 10 for hour in range(24)}, math.nan)],
    [("weight", 3.0, 70.0, 10.0)],
)
ROW = {"colour": "red", "hour": 2, "weight": 80.0}


def test_log_odds_are_the_sum_of_all_terms() -> None:
    """0.5 + 1 for red + 0.2 for the hour + 3 * (80 - 70) / 10 for the weight."""
    assert SCORER.score(ROW) == pytest.approx(4.7)
    assert SCORER.score({**ROW, "colour": "green"}) == pytest.approx(3.95)


def test_probabilities_sum_to_one_in_class_order() -> None:
    """The second class has the sigmoid of the log-odds."""
    first, second = SCORER.predict(ROW)
    assert second == pytest.approx(1 / (1 + math.exp(-4.7)))
    assert first + second == pytest.approx(1.0, abs=1e-15)


def test_a_value_outside_a_bounded_table_gives_no_number() -> None:
    """An hour that no signature lets pass is not scored as if it were another: the answer is NaN, which is refused."""
    assert all(math.isnan(p) for p in SCORER.predict({**ROW, "hour": 24}))


@pytest.mark.parametrize(("log_odds", "p"), [(0.0, 0.5), (800.0, 1.0), (-800.0, 0.0), (1e308, 1.0), (-math.inf, 0.0)])
def test_no_log_odds_overflow(log_odds: float, p: float) -> None:
    """Exp overflows from 710 on; the sigmoid does not."""
    assert sigmoid(log_odds) == p


@given(st.floats(-50, 50))
def test_the_sigmoid_is_symmetric(log_odds: float) -> None:
    """sigmoid(-x) is 1 - sigmoid(x), whichever branch computes it."""
    assert sigmoid(-log_odds) == pytest.approx(1 - sigmoid(log_odds), abs=1e-15)


@pytest.mark.parametrize("module", [pickle, dill])
def test_a_pickle_holds_tables_and_gives_the_same_scorer(module: object) -> None:
    """Only the scorer's own class is named, terms come back as terms, and every bit of a prediction survives."""
    data = module.dumps(SCORER)  # type: ignore[attr-defined]
    assert b"LookupTerm" not in data
    copy = module.loads(data)  # type: ignore[attr-defined]
    assert copy.predict(ROW) == SCORER.predict(ROW)
    assert [type(copy.lookups[0]), type(copy.numbers[0])] == [LookupTerm, NumberTerm]


def test_no_state_can_be_set_from_a_pickle() -> None:
    """A pickle that sets attributes could change other models of the process; the scorer takes none."""
    with pytest.raises(TypeError, match="AdditiveScorer takes no pickled state"):
        SCORER.__setstate__({"bias": 1.0})


def test_a_batch_is_its_rows() -> None:
    """Many rows are scored one by one, so that neither company nor order matters."""
    rows = [{**ROW, "hour": hour} for hour in range(24)]
    expected = [SCORER.predict(row) for row in rows]
    assert SCORER.predict_many(rows) == expected
    assert SCORER.predict_many(rows[::-1]) == expected[::-1]
