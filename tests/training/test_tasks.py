"""What a recipe predicts: which targets it takes, and what of an estimator's output metrics are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.tasks import BINARY, REGRESSION, binary, multiclass, predictions_of

X = np.zeros((4, 1))
CLASSES: Any = DummyClassifier(strategy="prior").fit(X, [0, 1, 1, 2])
MEAN: Any = DummyRegressor().fit(X, [1.0, 2.0, 3.0, 6.0])


def test_metrics_are_given_what_they_take() -> None:
    """P(second class), all probabilities, or values."""
    assert BINARY.predictions(DummyClassifier(strategy="prior").fit(X, [0, 1, 1, 1]), X).tolist() == [0.75] * 4
    assert multiclass(0, 1, 2).predictions(CLASSES, X).tolist() == [[0.25, 0.5, 0.25]] * 4
    assert REGRESSION.predictions(MEAN, X).tolist() == [3.0] * 4
    assert predictions_of(MEAN, X).shape == (4, 1)


def test_labels_are_sealed_in_the_order_of_the_predictions() -> None:
    """A class that no row is of would move all others, so it is refused by name."""
    assert multiclass("a", "b", "c").sealed_classes(CLASSES) == ("a", "b", "c")
    assert REGRESSION.sealed_classes(MEAN) == ()
    with pytest.raises(DataError, match="no row of class d"):
        multiclass("a", "b", "c", "d").sealed_classes(CLASSES)


def test_two_rows_of_each_class_are_enough() -> None:
    """One is not."""
    three = multiclass(0, 1, 2)
    assert three.is_usable(three.target([0, 0, 1, 1, 2, 2]))
    assert not three.is_usable(three.target([0, 0, 1, 1, 2]))
    assert not binary("no", "yes").is_usable(BINARY.target([0, 0, 0]))
    assert REGRESSION.target([1, 2]).dtype == np.float64
