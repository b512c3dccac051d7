"""Assemblers of linear estimators: the weighted columns of a feature fold into one term of it."""

from __future__ import annotations

import sys
from math import isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.scorers.linear import AdditiveHead, LinearHead
from challenge_neuralworks.training.export.columns import Number, Plain, Table
from challenge_neuralworks.training.export.heads.checks import check_numbers
from challenge_neuralworks.training.export.heads.digits import refuse_lossy

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


def linear_head(linear: Linear, columns: Sequence[Column], step: Step) -> Head:
    """Return a linear estimator over columns, whose tables fold into one look-up a feature.

    Raises
    ------
    Unsupported : a column may hold what is no number, or last digits decide.
    """
    check_numbers(columns, step)
    if not np.isfinite(linear.weights).all() or not np.isfinite(linear.intercepts).all():
        step.refuse("a linear estimator whose coefficients are not finite", "fit it on scaled columns")
    refuse_lossy(linear.weights, linear.intercepts, columns, step)
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
    return AdditiveHead(linear.intercepts, lookups, numbers, linear.link)


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
