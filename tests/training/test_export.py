"""The exporter: equal to scikit-learn for whatever it takes, and a named refusal for whatever it does not."""

from __future__ import annotations

import pickle
import random
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.scorers import Scorer
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.encoders import CyclicalEncoder
from challenge_neuralworks.training.equality import prove
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.frames import frame
from tests.making import TOY

CLOSED = ["colour"]
OPEN = ["place"]
SMALL = ["age"]
WIDE = ["weight"]


def _rows(count: int, seed: int) -> list[Row]:
    """Return rows with a rare city and values that leave gaps, so that training does not see all that is allowed."""
    draw = random.Random(seed)
    return [
        {
            "colour": draw.choice(("red", "red", "dark green", "Málaga")),
            "place": draw.choice(("here", "here", "here", "there", "yonder", "nowhere")),
            "age": draw.choice((0, 2, 3, 7, 9)),
            "weight": draw.uniform(-10, 10),
        }
        for _ in range(count)
    ]


ROWS = _rows(120, seed=1)
TARGET = [index % 3 == 0 for index in range(len(ROWS))]


def _fitted(*parts: tuple[Any, list[str]], remainder: str = "drop", classifier: Any = None) -> Any:
    named = [(f"part{index}", transformer, columns) for index, (transformer, columns) in enumerate(parts)]
    encode = ColumnTransformer(named, remainder=remainder)
    steps = [("encode", encode), ("classify", classifier or LogisticRegression())]
    return Pipeline(steps).fit(frame(ROWS), TARGET)


def _folded(estimator: Any) -> AdditiveScorer:
    scorer = _proven(estimator)
    assert isinstance(scorer, AdditiveScorer)
    return scorer


def _proven(estimator: Any) -> Scorer:
    scorer = export(estimator, TOY)
    with warnings.catch_warnings():
        # scikit-learn warns where an unseen category is encoded as zeros, which is what is being proven.
        warnings.filterwarnings("ignore", message="Found unknown categories")
        prove(estimator, scorer, [*ROWS, *edge_rows(TOY, mixed=100)])
    return scorer


one_hots = st.builds(
    OneHotEncoder,
    handle_unknown=st.sampled_from(("ignore", "infrequent_if_exist")),
    min_frequency=st.sampled_from((None, 2, 25, 40, 0.3)),
    max_categories=st.sampled_from((None, 2, 3)),
    drop=st.sampled_from((None, "first", "if_binary")),
    sparse_output=st.booleans(),
)
scalers = st.builds(StandardScaler, with_mean=st.booleans(), with_std=st.booleans())
circles = st.builds(CyclicalEncoder, period=st.sampled_from((7, 10.0, 24)))
of_small = st.one_of(
    one_hots,
    scalers,
    circles,
    st.just("passthrough"),
    st.builds(make_pipeline, scalers, scalers),
    st.builds(make_pipeline, circles, scalers),
)
of_wide = st.one_of(scalers, st.just("passthrough"), st.builds(make_pipeline, scalers, st.just("passthrough"), scalers))
parts = st.one_of(
    st.tuples(one_hots, st.sampled_from((CLOSED, OPEN, [*OPEN, *CLOSED], [*CLOSED, *SMALL]))),
    st.tuples(of_small, st.just(SMALL)),
    st.tuples(of_wide, st.just(WIDE)),
    st.tuples(scalers, st.just([*WIDE, *SMALL])),
    st.tuples(st.just("drop"), st.sampled_from((CLOSED, WIDE))),
)
classifiers = st.builds(
    LogisticRegression,
    C=st.sampled_from((0.01, 1.0, 100.0)),
    fit_intercept=st.booleans(),
    class_weight=st.sampled_from((None, "balanced")),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(parts, min_size=1, max_size=5), classifiers)
def test_any_pipeline_of_the_supported_kinds_is_equal(chosen: list[tuple[Any, list[str]]], classifier: Any) -> None:
    """Whatever the exporter takes answers as scikit-learn does, on trained rows, at edges and on unseen categories."""
    if all(transformer == "drop" for transformer, _ in chosen):
        chosen = [*chosen, (OneHotEncoder(handle_unknown="ignore"), OPEN)]
    with warnings.catch_warnings():
        # Not converged, or one column twice: neither matters to equality.
        warnings.simplefilter("ignore")
        try:
            estimator = _fitted(*chosen, classifier=classifier)
        except (ValueError, ZeroDivisionError):
            # An encoder that drops its only category leaves nothing to fit on.
            reject()
    _proven(estimator)


def test_small_integers_and_circles_become_tables_and_numbers_terms() -> None:
    """An hour costs one look-up whatever was done to it; only an unbounded number is computed with."""
    scorer = _folded(_fitted((StandardScaler(), SMALL), (CyclicalEncoder(10), SMALL), (StandardScaler(), WIDE)))
    assert [(term.feature, sorted(term.table)) for term in scorer.lookups] == [("age", list(range(10)))]
    assert [term.feature for term in scorer.numbers] == ["weight"]


def test_rare_categories_leave_the_table() -> None:
    """What scores as unknown is not listed twice: the table holds frequent categories only."""
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=40)
    scorer = _folded(_fitted((encoder, OPEN)))
    (term,) = scorer.lookups
    assert list(term.table) == ["here"]
    assert term.unknown != 0.0


def test_a_remainder_and_columns_by_position_are_followed() -> None:
    """Columns may be chosen by name, position, slice, mask or callable, and what is left passes through."""
    for selection in (OPEN, [1], slice(1, 2), [False, True, False, False], lambda _: OPEN, slice("place", "place")):
        encode = ColumnTransformer(
            [("one", OneHotEncoder(handle_unknown="ignore"), selection), ("two", "drop", CLOSED)],
            remainder="passthrough",
        )
        scorer = _folded(make_pipeline(encode, LogisticRegression(max_iter=1_000)).fit(frame(ROWS), TARGET))
        assert [term.feature for term in scorer.lookups] == ["place", "age"]
        assert [term.feature for term in scorer.numbers] == ["weight"]


def test_an_encoder_may_raise_on_unknowns_that_the_signature_refuses() -> None:
    """handle_unknown='error' is as good as any where only known categories can pass the signature."""
    scorer = _folded(_fitted((OneHotEncoder(), CLOSED)))
    assert sorted(scorer.lookups[0].table) == ["Málaga", "dark green", "red"]


def test_a_derived_column_is_exported_by_its_categories() -> None:
    """A feature that no field declares is one-hot encoded like a field that accepts unknown categories."""
    rows = [{**row, "both": f"{row['place']}|{row['age']}"} for row in ROWS]
    encode = ColumnTransformer([("both", OneHotEncoder(handle_unknown="ignore"), ["both"])])
    estimator = make_pipeline(encode, LogisticRegression()).fit(frame(rows), TARGET)
    scorer = export(estimator, TOY)
    assert prove(estimator, scorer, [*rows, {**rows[0], "both": "never|seen"}]) <= 1e-12


def test_equal_pipelines_give_equal_bytes() -> None:
    """Equal strings are one object in a scorer, however the encoder came by them, so that digests can be compared."""
    one, two = (
        _fitted((OneHotEncoder(handle_unknown="ignore"), [*CLOSED, *OPEN]), (StandardScaler(), WIDE)) for _ in "ab"
    )
    for categories in two[0].transformers_[0][1].categories_:
        categories[:] = ["".join(list(category)) for category in categories]
    assert pickle.dumps(export(one, TOY)) == pickle.dumps(export(two, TOY))


class _MyEncoder(OneHotEncoder):  # type: ignore[misc]
    """A subclass, which may do anything."""


def _double(values: Any) -> Any:
    return values * 2


REFUSED = {
    "an unknown transformer": (
        lambda: _fitted((RBFSampler(n_components=2), WIDE)),
        r"step 'encode\.part0': RBFSampler cannot be exported; register an assembler with `register_transform`",
    ),
    "a subclass": (
        lambda: _fitted((_MyEncoder(handle_unknown="ignore"), OPEN)),
        r"step 'encode\.part0': _MyEncoder cannot be exported",
    ),
    "a step inside a step": (
        lambda: _fitted((Pipeline([("inner", RBFSampler(n_components=2))]), WIDE)),
        r"step 'encode\.part0\.inner': RBFSampler",
    ),
    "an unknown classifier": (
        lambda: _fitted((OneHotEncoder(), CLOSED), classifier=KNeighborsClassifier()),
        r"step 'classify': KNeighborsClassifier cannot be exported; register an assembler with `register_head`",
    ),
    "a function": (
        lambda: _fitted((FunctionTransformer(_double), WIDE)),
        r"FunctionTransformer\(func=<function _double .*derive the feature in the model's `features`",
    ),
    "an encoder that raises on what a request may hold": (
        lambda: _fitted((OneHotEncoder(), OPEN)),
        r"OneHotEncoder\(handle_unknown='error'\) of 'place'.*set handle_unknown='ignore'",
    ),
    "an encoder that raises on integers it was not fitted on": (
        lambda: _fitted((OneHotEncoder(), SMALL)),
        r"handle_unknown='error'\) of 'age'",
    ),
    "columns without names": (
        lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit([[0.0], [1.0]], [0, 1]),
        r"columns without names cannot be exported; fit it on a pandas frame",
    ),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_expressed_is_refused_by_name(make: Any, message: str) -> None:
    """The error names step, class and parameter, and both ways out."""
    with pytest.raises(Unsupported, match=message) as caught:
        export(make(), TOY)
    assert "or seal the estimator itself" in caught.value.remedy


def test_an_unfitted_pipeline_is_refused() -> None:
    """There is nothing to export before the fit."""
    with pytest.raises(NotFittedError):
        export(make_pipeline(StandardScaler(), LogisticRegression()), TOY)
