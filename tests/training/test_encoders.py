"""The cyclical encoder: a fixed circle, and a well-behaved scikit-learn transformer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from challenge_neuralworks.training.encoders import CyclicalEncoder

HOURS = pd.DataFrame({"HORA-I": [0, 6, 12, 23]})


def test_hours_lie_on_a_circle_of_24() -> None:
    """Hour 6 is a quarter of the way round, and hour 23 is as far from 0 as hour 1 is."""
    encoded = CyclicalEncoder(24).fit_transform(HOURS)
    assert encoded[1] == pytest.approx([1.0, 0.0], abs=1e-15)
    assert encoded[3] == pytest.approx([-math.sin(math.tau / 24), math.cos(math.tau / 24)])


@pytest.mark.parametrize("row", range(4))
def test_a_row_alone_is_encoded_as_in_company(row: int) -> None:
    """The period is fixed: what else is in a request, or in the training data, does not bend the circle."""
    fitted = CyclicalEncoder(24).fit(pd.DataFrame({"HORA-I": [3, 4]}))
    assert fitted.transform(HOURS.iloc[[row]])[0].tolist() == fitted.transform(HOURS)[row].tolist()


def test_columns_keep_their_field_in_their_name() -> None:
    """Every output is named after its field, also through set_output, two fields side by side."""
    fields = pd.DataFrame({"HORA-I": [6], "MES-I": [3]})
    encoded = CyclicalEncoder(12).set_output(transform="pandas").fit_transform(fields)
    assert list(encoded.columns) == ["HORA-I_sin", "HORA-I_cos", "MES-I_sin", "MES-I_cos"]
    assert encoded["MES-I_sin"].tolist() == [1.0]
    unnamed = CyclicalEncoder(12).fit(np.ones((2, 2)))
    assert unnamed.get_feature_names_out().tolist() == ["x0_sin", "x0_cos", "x1_sin", "x1_cos"]


def test_a_clone_has_the_period_and_no_fit() -> None:
    """Cross-validation clones: parameters survive, what was learned does not."""
    copy = clone(CyclicalEncoder(7).fit(HOURS))
    assert copy.get_params() == {"period": 7}
    with pytest.raises(NotFittedError):
        copy.transform(HOURS)


def test_a_period_that_closes_no_circle_is_refused() -> None:
    """A period must be positive; the message shows the one that was given."""
    with pytest.raises(ValueError, match="period must be positive, got 0"):
        CyclicalEncoder(0).fit(HOURS)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_scikit_learn_accepts_the_encoder() -> None:
    """The encoder passes scikit-learn's own conformance suite."""
    check_estimator(CyclicalEncoder())
