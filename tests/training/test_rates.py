"""Rates of categories: from other rows while fitting, from all afterwards, and the same each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from challenge_neuralworks.training.encoders import RateEncoder

NUMBERS = np.random.default_rng(4)
X = pd.DataFrame({"week": NUMBERS.integers(0, 6, 400), "city": NUMBERS.choice(["a", "b", "c"], 400)})
Y = ((X["week"] > 3) ^ (NUMBERS.random(400) < 0.2)).astype(int).to_numpy()


def _forms() -> list[Any]:
    return [X, X.to_numpy(dtype=object)]


@pytest.mark.parametrize("form", [0, 1])
def test_after_the_fit_rates_are_scikit_learn_s(form: int) -> None:
    """To the last bit, of a frame and of an array."""
    table = _forms()[form]
    expected = TargetEncoder(target_type="binary").fit(table, Y).transform(table)
    assert RateEncoder().fit(table, Y).transform(table).tolist() == expected.tolist()


def test_a_frame_and_an_array_have_the_same_rates() -> None:
    """Also while fitting, and whatever the index of the frame."""
    frame, array = (RateEncoder().fit_transform(table, Y).tolist() for table in _forms())
    assert frame == array
    elsewhere = X.set_index(np.arange(400)[::-1] + 1_000)
    assert RateEncoder().fit_transform(elsewhere, Y).tolist() == frame


def test_rows_that_are_fitted_on_get_the_rates_of_other_rows() -> None:
    """Fold by fold what an encoder says that has not seen the fold."""
    made = RateEncoder(folds=4, seed=9).fit_transform(X, Y)
    for fit, other in StratifiedKFold(4, shuffle=True, random_state=9).split(X, Y):
        one = TargetEncoder(target_type="binary").fit(X.iloc[fit], Y[fit])
        assert made[other].tolist() == one.transform(X.iloc[other]).tolist()


def test_a_category_of_one_row_does_not_know_its_answer() -> None:
    """Each row its own category: while fitting all have their fold's overall rate, and the target is not in it."""
    single = pd.DataFrame({"number": np.arange(400)})
    made = RateEncoder(folds=5).fit_transform(single, Y)[:, 0]
    assert abs(made - Y.mean()).max() < 0.005
    assert len(set(made.tolist())) <= 5


def test_the_seed_decides_the_folds_and_nothing_else_does() -> None:
    """Repeatable in every version of scikit-learn; after the fit the seed is no matter."""
    one, two, other = (RateEncoder(seed=seed).fit_transform(X, Y).tolist() for seed in (1, 1, 2))
    assert one == two
    assert one != other
    assert RateEncoder(seed=1).fit(X, Y).transform(X).tolist() == RateEncoder(seed=2).fit(X, Y).transform(X).tolist()


def test_the_order_of_rows_does_not_matter_afterwards() -> None:
    """Rates of all rows are those of all rows."""
    order = np.random.default_rng(1).permutation(400)
    one, two = RateEncoder().fit(X, Y), RateEncoder().fit(X.iloc[order], Y[order])
    assert one.transform(X) == pytest.approx(two.transform(X), abs=1e-12)


@pytest.mark.parametrize("late", [1, 2, 3])
def test_few_rows_of_a_class_make_fewer_folds(late: int) -> None:
    """Three late rows three folds, without a warning; one alone cannot be folded, and all rows give the rates."""
    y = np.zeros(40, dtype=int)
    y[:late] = 1
    made = RateEncoder(folds=5).fit_transform(X[:40], y)
    assert made.shape == (40, 2)
    assert np.isfinite(made).all()
    whole = RateEncoder().fit(X[:40], y).transform(X[:40])
    assert (made.tolist() == whole.tolist()) == (late == 1)


def test_what_was_never_seen_has_the_overall_rate() -> None:
    """A week that is still to come, a city that is new."""
    asked = pd.DataFrame({"week": [51], "city": ["nowhere"]})
    assert RateEncoder().fit(X, Y).transform(asked)[0] == pytest.approx([Y.mean()] * 2)


def test_a_rate_is_drawn_towards_the_overall_rate() -> None:
    """Between what was counted in the category and what was counted overall."""
    fitted = RateEncoder().fit(X, Y)
    for week in range(6):
        counted = Y[X["week"] == week].mean()
        ((rate, _),) = fitted.transform(pd.DataFrame({"week": [week], "city": ["a"]}))
        assert min(counted, Y.mean()) <= rate <= max(counted, Y.mean())
        assert rate == pytest.approx(counted, abs=0.1)


def test_columns_keep_their_names_and_clones_their_parameters() -> None:
    """As a transformer of scikit-learn's does; a clone has learned nothing."""
    fitted = RateEncoder(folds=3, seed=8).fit(X, Y)
    assert fitted.get_feature_names_out().tolist() == ["week", "city"]
    assert fitted.set_output(transform="pandas").transform(X).columns.tolist() == ["week", "city"]
    copy = clone(fitted)
    assert copy.get_params() == {"folds": 3, "seed": 8}
    with pytest.raises(NotFittedError):
        copy.transform(X)
