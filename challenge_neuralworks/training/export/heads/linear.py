"""Assemblers of linear estimators: the weighted columns of a feature fold into one term of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.scorers.linear import AdditiveHead, LinearHead
from challenge_neuralworks.training.export.columns import Number, Plain, Raw, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def logistic_regression(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted LogisticRegression."""
    if getattr(estimator, "multi_class", None) == "multinomial" and len(estimator.classes_) == 2:
        step.refuse("LogisticRegression(multi_class='multinomial') of two classes", "leave multi_class out")
    if getattr(estimator, "multi_class", None) == "ovr" or estimator.solver == "liblinear":
        link = "sigmoid" if len(estimator.classes_) == 2 else "one-vs-rest"
    else:
        link = "sigmoid" if len(estimator.classes_) == 2 else "softmax"
    return linear_head(Linear(floats(estimator.coef_), floats([estimator.intercept_])[0], link), columns, step)


def floats(rows: Any) -> list[list[float]]:
    """Return a matrix as lists of Python's own floats."""
    return [[float(value) for value in row] for row in rows]


def linear_head(linear: Linear, columns: Sequence[Column], step: Step) -> Head:
    """Return a linear estimator over columns, whose tables fold into one look-up a feature."""
    if all(isinstance(column, Plain) and column.position == i for i, column in enumerate(columns)):
        return LinearHead(*linear)
    tables: dict[int, list[tuple[list[float], Table]]] = {}
    numbers: list[tuple[int, list[float], float, float]] = []
    for index, column in enumerate(columns):
        weights = [row[index] for row in linear.weights]
        if isinstance(column, Table):
            tables.setdefault(column.position, []).append((weights, column))
        elif isinstance(column, Number):
            numbers.append((column.position, weights, column.mean, column.scale))
        else:
            _refuse_category(column, step)
            numbers.append((column.position, weights, 0.0, 1.0))
    lookups = [_fold(position, group, len(linear.weights)) for position, group in tables.items()]
    return AdditiveHead(linear.intercepts, lookups, numbers, linear.link)


def _refuse_category(column: Raw | Plain, step: Step) -> None:
    kinds = {field.name: field.kind for field in step.signature.fields}
    if isinstance(column, Raw) and kinds.get(column.feature) == "category":
        step.refuse(f"the category {column.feature!r} as a number", "put an encoder before it")


def _fold(position: int, weighted: Sequence[tuple[list[float], Table]], n_outputs: int) -> tuple[int, Any, Any]:
    def term(entries: list[float]) -> tuple[float, ...]:
        return tuple(
            sum((weights[k] * entry for (weights, _), entry in zip(weighted, entries, strict=True)), 0.0)
            for k in range(n_outputs)
        )

    unknown = term([table.unknown for _, table in weighted])
    values = dict.fromkeys(value for _, table in weighted for value in table.entries)
    entries = {
        _shared(value): term([table.entries.get(value, table.unknown) for _, table in weighted]) for value in values
    }
    # What scores as unknown need not be listed: infrequent categories leave the table.
    return position, {value: entry for value, entry in entries.items() if entry != unknown}, unknown


def _shared(value: Any) -> Any:
    # A pickle writes an object once: equal strings must be one object for equal scorers to be equal bytes.
    return sys.intern(value) if type(value) is str else value
