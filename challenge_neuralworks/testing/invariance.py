"""Checks that a prediction depends on its row alone, and is one."""

from __future__ import annotations

import copy
import json
import math
import pickle
import random
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.testing import subject as rows_of
from challenge_neuralworks.testing.report import CheckFailed, NothingToCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.testing.subject import Subject

SUM_TOLERANCE = 1e-9
"""How far probabilities may add up to something else than 1, and explanations than the score."""


def predictions_are_finite_and_probabilities(subject: Subject) -> str:
    """At every edge: one number a class, none below 0 or above 1, with sum 1; of a regression one finite number."""
    rows = rows_of.edges(subject)
    for row, prediction in zip(rows, subject.predict_many(rows), strict=True):
        if not is_prediction(prediction, len(subject.classes)):
            raise CheckFailed(f"{dict(row)} is predicted as {prediction}")
    return f"{len(rows)} rows"


def a_row_is_the_same_in_a_batch(subject: Subject) -> str:
    """What stands beside a row does not matter, bit for bit."""
    rows = rows_of.example_rows(subject)
    return _same(rows, [subject.predict(row) for row in rows], subject.predict_many(rows))


def a_batch_is_the_same_in_any_order(subject: Subject) -> str:
    """Nor does the order of the rows."""
    rows = rows_of.example_rows(subject)
    order = list(range(len(rows)))
    random.Random(2).shuffle(order)  # noqa: S311 - test data, no secret.
    shuffled = subject.predict_many([rows[index] for index in order])
    found = dict(zip(order, shuffled, strict=True))
    return _same(rows, subject.predict_many(rows), [found[index] for index in range(len(rows))])


def the_input_is_not_changed(subject: Subject) -> str:
    """Rows are what they were once they are predicted, alone and in a batch."""
    rows = [dict(row) for row in rows_of.example_rows(subject)]
    before = copy.deepcopy(rows)
    for row in rows:
        subject.predict(row)
    subject.predict_many(rows)
    for was, now in zip(before, rows, strict=True):
        if list(was.items()) != list(now.items()):
            raise CheckFailed(f"{was} became {now}")
    return f"{len(rows)} rows"


def json_changes_nothing(subject: Subject) -> str:
    """A row that went through JSON is predicted as before, and so is what comes back."""
    rows = rows_of.example_rows(subject)
    before = subject.predict_many(rows)
    after = subject.predict_many(json.loads(json.dumps(rows)))
    _same(rows, before, after)
    return _same(rows, before, [tuple(one) for one in json.loads(json.dumps(after))])


def pickling_changes_nothing(subject: Subject) -> str:
    """The scorer predicts the same, bit for bit, after a pickle round trip, and has the same bytes after two."""
    rows = rows_of.example_rows(subject)
    data = pickle.dumps(subject.scorer, protocol=5)
    again = pickle.loads(data)  # noqa: S301 - written a line ago
    _same(rows, subject.predict_many(rows), subject._replace(scorer=again).predict_many(rows))
    return f"{len(data):,} bytes"


def explanations_add_up(subject: Subject) -> str:
    """What each feature contributes is, with the base, the score; a feature of another name contributes nothing."""
    explain: Callable[[Row], Any] | None = getattr(subject.scorer, "explain", None)
    if explain is None:
        raise NothingToCheck("the scorer has no explanations")
    rows = [subject.features(row) for row in rows_of.example_rows(subject)]
    for row in rows:
        base, contributions, score = explain(row)
        # Of large terms that cancel, rounding leaves more than of small ones.
        terms = [base, *contributions.values()]
        allowed = SUM_TOLERANCE * max(1.0, *map(abs, terms))
        if not abs(sum(terms) - score) <= allowed or not contributions.keys() <= row.keys():
            raise CheckFailed(f"{dict(row)}: {base} and {contributions} do not add up to {score}")
    return f"{len(rows)} rows"


def is_prediction(prediction: Sequence[float], n_classes: int) -> bool:
    """Return whether an output can be answered; ``n_classes`` is 0 of a regression."""
    if len(prediction) != (n_classes or 1) or not all(map(math.isfinite, prediction)):
        return False
    return not n_classes or (min(prediction) >= 0.0 and abs(sum(prediction) - 1.0) <= SUM_TOLERANCE)


def _same(rows: Sequence[Row], one: Sequence[tuple[float, ...]], other: Sequence[tuple[float, ...]]) -> str:
    for row, first, second in zip(rows, one, other, strict=True):
        # By their text, so that NaN is itself and 0.0 is not -0.0.
        if repr(tuple(first)) != repr(tuple(second)):
            raise CheckFailed(f"{dict(row)} is {first} once and {second} then")
    return f"{len(rows)} rows"


INVARIANCES = (
    a_row_is_the_same_in_a_batch,
    a_batch_is_the_same_in_any_order,
    the_input_is_not_changed,
    json_changes_nothing,
    pickling_changes_nothing,
    explanations_add_up,
)
"""Checks that need no estimator."""
