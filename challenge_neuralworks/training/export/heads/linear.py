"""Assemblers of linear estimators: the weighted columns of a feature fold into one term of it."""

from __future__ import annotations

import sys
from math import isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.scorers.linear import AdditiveHead, LinearHead
from challenge_neuralworks.training.export.columns import Number, Plain, Table
from challenge_neuralworks.training.export.heads.checks import check_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


class Linear(NamedTuple):
    """A fitted linear estimator, whichever it was.

    weights : shape (n_outputs, n_columns).
    intercepts : shape (n_outputs,).
    link : name of one of `scorers.links.LINKS`.
    """

    weights: list[list[float]]
    intercepts: list[float]
    link: str


def matrix(coefficients: Any) -> list[list[float]]:
    """Return coefficients as rows of Python's own floats, one row an output."""
    dense = coefficients.toarray() if hasattr(coefficients, "toarray") else coefficients
    return [[float(value) for value in row] for row in np.atleast_2d(dense)]


def vector(values: Any, n_values: int) -> list[float]:
    """Return n values as Python's own floats: one number stands for that many."""
    return [float(value) for value in np.broadcast_to(np.ravel(values), (n_values,))]


MOST_CANCELLED = 1e6
"""Times a score that a term of it may be: beyond, rounding of the terms shows in the score at 1e-10."""

HUGE = 1e12
"""Weight beyond which an intercept of its size is no sign of large targets, but cancels, too."""


def linear_head(linear: Linear, columns: Sequence[Column], step: Step) -> Head:
    """Return a linear estimator over columns, whose tables fold into one look-up a feature.

    Raises
    ------
    Unsupported : a column may hold what is no number.
    """
    check_numbers(columns, step)
    if not np.isfinite(linear.weights).all() or not np.isfinite(linear.intercepts).all():
        step.refuse("a linear estimator whose coefficients are not finite", "fit it on scaled columns")
    _refuse_huge(columns, linear, step)
    if all(isinstance(column, Plain) and column.position == i for i, column in enumerate(columns)):
        return LinearHead(*linear)
    tables: dict[int, list[tuple[Table, list[float]]]] = {}
    numbers: list[tuple[int, list[float], float, float]] = []
    for index, column in enumerate(columns):
        weights = [row[index] for row in linear.weights]
        if isinstance(column, Table):
            tables.setdefault(column.position, []).append((column, weights))
        elif isinstance(column, Number):
            numbers.append((column.position, weights, column.mean, column.scale))
        else:
            numbers.append((column.position, weights, 0.0, 1.0))
    lookups = [(position, *folded(group, _weighted)) for position, group in tables.items()]
    _refuse_cancelling(lookups, linear, step)
    return AdditiveHead(linear.intercepts, lookups, numbers, linear.link)


def _refuse_huge(columns: Sequence[Column], linear: Linear, step: Step) -> None:
    """Refuse weights of computed numbers that are out of all proportion: columns that are alike, and cancel."""
    places = [place for place, column in enumerate(columns) if not isinstance(column, Table)]
    if not places:
        return
    largest, intercept = (
        float(np.abs(np.array(linear.weights)[:, places]).max()),
        float(np.abs(linear.intercepts).max()),
    )
    if largest > MOST_CANCELLED * max(1.0, intercept) or largest > HUGE:
        step.refuse(
            f"a linear estimator with weights up to {largest:.3g}, beside an intercept of {intercept:.3g}, so that last "
            "digits decide,",
            "drop columns that are sums of others, scale those of tiny numbers, or fit a Ridge",
        )


def _refuse_cancelling(lookups: Sequence[Any], linear: Linear, step: Step) -> None:
    terms = np.array([term for _, table, _ in lookups for term in table.values()]).reshape(-1, len(linear.intercepts))
    first = np.array([next(iter(table.values())) for _, table, _ in lookups if table])
    scores = np.abs(first.reshape(-1, len(linear.intercepts)).sum(axis=0) + linear.intercepts)
    if terms.size and np.nanmax(np.abs(terms)) > MOST_CANCELLED * max(1.0, np.nanmax(scores)):
        step.refuse(
            f"a linear estimator whose terms, up to {np.nanmax(np.abs(terms)):.3g}, cancel to scores of "
            f"{np.nanmax(scores):.3g}, so that last digits decide,",
            "drop one column of those that add up to 1 (OneHotEncoder(drop='first')), or fit a Ridge",
        )


def folded(
    group: Sequence[tuple[Table, Any]], terms_of: Callable[[float, Any], Sequence[float]]
) -> tuple[dict[Any, tuple[float, ...]], tuple[float, ...]]:
    """Return what the columns of one feature add to each output, by value, and for any value not listed.

    Parameters
    ----------
    group : (column, what its terms are made with).
    terms_of : a column's entry, what its terms are made with -> term of each output.
    """

    def term(entries: Sequence[float]) -> tuple[float, ...]:
        if any(isnan(entry) for entry in entries):
            # No such value can pass.
            return (nan,) * len(terms_of(0.0, group[0][1]))
        terms = [terms_of(entry, given) for entry, (_, given) in zip(entries, group, strict=True)]
        return tuple(sum(values, 0.0) for values in zip(*terms, strict=True))

    unknown = term([table.unknown for table, _ in group])
    values = dict.fromkeys(value for table, _ in group for value in table.entries)
    entries = {
        _shared(value): term([table.entries.get(value, table.unknown) for table, _ in group]) for value in values
    }
    # What scores as unknown need not be listed: infrequent categories leave the table.
    return {value: entry for value, entry in entries.items() if entry != unknown}, unknown


def _weighted(entry: float, weights: Sequence[float]) -> list[float]:
    return [weight * entry for weight in weights]


def _shared(value: Any) -> Any:
    # A pickle writes an object once: equal strings must be one object for equal scorers to be equal bytes.
    return sys.intern(value) if type(value) is str else value
