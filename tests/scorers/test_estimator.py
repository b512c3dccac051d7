"""The fallback: an original estimator behind a scorer's face."""

from __future__ import annotations

import pytest
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from challenge_neuralworks.scorers.estimator import EstimatorScorer
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.frames import frame

ROWS = [{"colour": colour, "age": age} for colour in ("red", "blue") for age in range(4)]
TARGET = [0, 0, 1, 2, 0, 1, 1, 2]


@pytest.fixture(scope="module")
def scorer() -> EstimatorScorer:
    """Return the scorer of a tree of three classes, which no table expresses here."""
    encode = ColumnTransformer([("colour", OneHotEncoder(), ["colour"])], remainder="passthrough")
    return EstimatorScorer(make_pipeline(encode, DecisionTreeClassifier(max_depth=2)).fit(frame(ROWS), TARGET))


def test_it_answers_what_the_estimator_answers(scorer: EstimatorScorer) -> None:
    """One tuple of floats a row, in the estimator's class order."""
    expected = [tuple(p) for p in scorer.estimator.predict_proba(frame(ROWS)).tolist()]
    assert scorer.predict_many(ROWS) == expected
    assert {type(p) for p in scorer.predict(ROWS[0])} == {float}


@pytest.mark.parametrize("index", range(len(ROWS)))
def test_a_row_alone_is_scored_as_in_company(scorer: EstimatorScorer, index: int) -> None:
    """Alone, in a batch, in a shuffled batch: one prediction."""
    order = [(index + 3) % len(ROWS), index]
    assert scorer.predict(ROWS[index]) == scorer.predict_many(ROWS)[index]
    assert scorer.predict(ROWS[index]) == scorer.predict_many([ROWS[i] for i in order])[1]


def test_the_order_of_keys_does_not_matter(scorer: EstimatorScorer) -> None:
    """Columns are found by name."""
    swapped = {"age": 2, "colour": "red"}
    assert scorer.predict(swapped) == scorer.predict({"colour": "red", "age": 2})


def test_a_regressor_answers_one_value() -> None:
    """Without probabilities the prediction is the value, in a tuple of its own."""
    tree = DecisionTreeRegressor().fit(frame({"age": row["age"]} for row in ROWS), TARGET)
    scorer = EstimatorScorer(tree)
    assert scorer.predict({"age": 3}) == (2.0,)
    assert scorer.predict_many([{"age": 0}, {"age": 3}]) == [(0.0,), (2.0,)]


def test_a_lone_row_without_numbers_is_read_as_in_company() -> None:
    """A missing number is NaN to the estimator, also where pandas has only None to guess from."""
    rows: list[Row] = [{"age": 1}, {"age": None}, {"age": 3}, {"age": None}]
    tree = DecisionTreeRegressor().fit(frame(rows), [1.0, 7.0, 3.0, 7.0])
    scorer = EstimatorScorer(tree, ["age"])
    assert scorer.predict({"age": None}) == scorer.predict_many(rows)[1] == (7.0,)
