"""Linear classifiers: the weighted columns of a feature fold into one term of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.additive import AdditiveScorer, LookupTerm, NumberTerm
from challenge_neuralworks.training.export.columns import Number, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

Weighted = tuple[float, Table]


def logistic_regression(estimator: Any, columns: list[Column], step: Step) -> AdditiveScorer:
    """Return the scorer of a fitted two-class LogisticRegression over columns."""
    if len(estimator.classes_) != 2:
        step.refuse(f"LogisticRegression of {len(estimator.classes_)} classes", "fit one of two classes")
    if getattr(estimator, "multi_class", None) == "multinomial":
        step.refuse("LogisticRegression(multi_class='multinomial') of two classes", "leave multi_class out")
    numeric = [step.numeric(column, "LogisticRegression") for column in columns]
    weights = [float(weight) for weight in estimator.coef_[0]]
    weighted = list(zip(weights, numeric, strict=True))
    tables = [(weight, column) for weight, column in weighted if isinstance(column, Table)]
    numbers = [
        NumberTerm(column.feature, weight, column.mean, column.scale)
        for weight, column in weighted
        if isinstance(column, Number)
    ]
    return AdditiveScorer(float(estimator.intercept_[0]), _folded(tables), numbers)


def _folded(weighted: Sequence[Weighted]) -> list[LookupTerm]:
    """Return one lookup a feature, in the order in which features first come."""
    by_feature: dict[str, list[Weighted]] = {}
    for weight, table in weighted:
        by_feature.setdefault(table.feature, []).append((weight, table))
    return [_fold(feature, group) for feature, group in by_feature.items()]


def _fold(feature: str, weighted: Sequence[Weighted]) -> LookupTerm:
    unknown = sum((weight * table.unknown for weight, table in weighted), 0.0)
    values = dict.fromkeys(value for _, table in weighted for value in table.entries)
    entries = {
        _shared(value): sum((weight * table.entries.get(value, table.unknown) for weight, table in weighted), 0.0)
        for value in values
    }
    # What scores as unknown need not be listed: infrequent categories leave the table.
    return LookupTerm(feature, {value: entry for value, entry in entries.items() if entry != unknown}, unknown)


def _shared(value: Any) -> Any:
    # A pickle writes an object once: equal strings must be one object for equal scorers to be equal bytes.
    return sys.intern(value) if type(value) is str else value
