"""The search: what it tries, what it spends, and that only what may be served is chosen."""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.searching.engine import Engine
from challenge_neuralworks.training.searching.folds import Fold, Folds, by_months
from challenge_neuralworks.training.searching.search import Found, _affordable, measure, search
from tests.training.searching.trying import DEEP, PRIOR, RECIPE, STUMP, TOLD, Toy, examples, only

HERE = Engine(1)


@pytest.fixture(scope="module")
def found() -> Found:
    """Return what a search with all it may spend finds."""
    return search(RECIPE, examples(), 1, HERE)


def test_each_candidate_is_found_with_its_best_parameters(found: Found) -> None:
    """In the recipe's order; a leaf that no data fill leaves nothing to learn, and loses."""
    assert [one.candidate.name for one in found.tried] == ["prior", "stump", "tree", "told"]
    assert found.tried[0].worth == 0.5
    assert found.tried[1].params == {"classify__min_samples_leaf": 5}
    # Two folds of each of 1 + 2 + 8 + 1 combinations.
    assert found.n_fits == 24
    assert {name: len(values) for name, values in found.tried[2].found.items()}["auc"] == 2


def test_a_figure_is_that_of_a_fit_by_hand(found: Found) -> None:
    """Fitted on one side of each fold, measured on the other."""
    rows = examples()
    features, target = frame(feature_rows(Toy, rows.rows)), np.array(rows.target)
    for fold, auc in zip(RECIPE.folds.make(rows, 1), found.tried[1].found["auc"], strict=True):
        fitted = DecisionTreeClassifier(max_depth=1, min_samples_leaf=5, random_state=1).fit(
            features.iloc[fold.fit], target[fold.fit]
        )
        p = fitted.predict_proba(features.iloc[fold.test])[:, 1]
        assert auc == pytest.approx(roc_auc_score(target[fold.test], p), abs=1e-12)


def test_the_best_that_may_be_served_is_chosen(found: Found) -> None:
    """What is refused is measured, and better here, and not chosen; of the others the best AUC wins."""
    told, servable = found.tried[-1], found.tried[:-1]
    assert found.chosen is max(servable, key=lambda one: one.worth)
    assert not found.chosen.candidate.refused
    everything = search(RECIPE._replace(candidates=(PRIOR, TOLD)), examples(), 1, HERE)
    assert everything.chosen.candidate.name == "prior"
    assert told.worth > everything.chosen.worth + 0.3


def test_a_candidate_may_take_features_of_its_own(found: Found) -> None:
    """Not the model's: those of the told one say no more than one bit of the signal."""
    rows = examples()
    answers = np.array([float(row["signal"] > 0.5) for row in rows.rows])  # type: ignore[operator]  # A number.
    target = np.array(rows.target)
    expected = [roc_auc_score(target[fold.test], answers[fold.test]) for fold in RECIPE.folds.make(rows, 1)]
    assert found.tried[-1].found["auc"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("most", "sizes"),
    [
        (1, (1, 1, 1, 1)),
        (8, (1, 1, 1, 1)),
        (10, (1, 1, 2, 1)),
        (16, (1, 2, 4, 1)),
        (24, (1, 2, 8, 1)),
        (200, (1, 2, 8, 1)),
    ],
)
def test_the_budget_is_kept_and_the_largest_grids_give_way(most: int, sizes: tuple[int, ...]) -> None:
    """Each candidate is tried at least once on each of the two folds; whoever waits is told of each fit."""
    told: list[tuple[int, int]] = []
    spent = search(RECIPE, examples(60), 1, HERE, most, lambda *done: told.append(done))
    tried = Counter(one.name for one, _ in _affordable(RECIPE.candidates, max(1, most // 2), 1))
    assert tuple(tried[one.name] for one in RECIPE.candidates) == sizes
    assert spent.n_fits == 2 * sum(sizes)
    assert told == [(done, spent.n_fits) for done in range(1, spent.n_fits + 1)]
    assert len(spent.tried) == 4


def test_the_seed_decides_the_search(found: Found) -> None:
    """The same seed finds the same, also when combinations are drawn, in this process and in others."""
    again = search(RECIPE, examples(), 1, Engine(2))
    assert _values(again) == _values(found)
    few = [search(RECIPE, examples(), seed, HERE, 12) for seed in (3, 3)]
    assert _values(few[0]) == _values(few[1])
    drawn = {tuple(search(RECIPE, examples(60), seed, HERE, 8).tried[2].params.items()) for seed in range(6)}
    assert len(drawn) > 1


def _values(found: Found) -> list[object]:
    return [(one.candidate.name, one.params, one.found) for one in found.tried]


def test_a_library_that_is_not_there_is_told_and_does_no_harm() -> None:
    """The others are searched, the absent one is named."""
    missing = DEEP._replace(name="boosters of tomorrow", needs="no_such_library_anywhere")
    found = search(RECIPE._replace(candidates=(STUMP, missing)), examples(60), 1, HERE)
    assert found.absent == ("boosters of tomorrow",)
    assert [one.candidate.name for one in found.tried] == ["stump"]
    assert found.n_fits == 4


def test_rows_without_folds_cannot_be_searched() -> None:
    """The error says which folds there were to be."""
    none = Folds("folds of nothing", lambda *_: [])
    with pytest.raises(DataError, match="folds of nothing gives none here"):
        search(RECIPE._replace(folds=none), examples(60), 1, HERE)
    with pytest.raises(DataError, match="when each row was"):
        search(RECIPE._replace(folds=by_months(5)), examples(60), 1, HERE)


def test_a_solver_that_stops_early_is_measured_and_not_warned_of() -> None:
    """It is one of the things that are compared; any other warning still is an error here."""
    rows = examples(60)
    features, target = frame(feature_rows(Toy, rows.rows)), np.array(rows.target)
    fold = Fold(np.arange(40), np.arange(40, 60))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert measure(only(LogisticRegression(max_iter=1, C=1e6)), features, target, fold)["auc"] > 0.5


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_other_libraries_are_measured_like_scikit_learn_s(library: str) -> None:
    """Where they are installed: names of columns, threads and logs of theirs cause no warning, and fits repeat."""
    pytest.importorskip(library, reason="the extra 'boosting' is not installed")
    from challenge_neuralworks.training.recipes.income import RECIPE as INCOME
    from challenge_neuralworks.training.searching.boosters import light_gbm, xg_boost

    (declared,) = [one for one in INCOME.candidates if one.needs == library]
    assert declared.refused
    make = {"xgboost": xg_boost, "lightgbm": light_gbm}[library]
    rows = examples(400)
    features, target = frame(feature_rows(Toy, rows.rows)), np.array(rows.target)
    fold = Fold(np.arange(300), np.arange(300, 400))
    one, two = (measure(only(make(1).set_params(n_estimators=20)), features, target, fold) for _ in range(2))
    assert one == two
    assert one["auc"] > 0.7
