"""Assemblers of naive Bayes: all but the Gaussian are sums of one term a column."""

from __future__ import annotations

from math import inf, isnan, log, nan, pi
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.bayes import GaussianBayes
from challenge_neuralworks.scorers.columns import PipelineHead
from challenge_neuralworks.scorers.linear import AdditiveHead, LinearHead
from challenge_neuralworks.scorers.stages.scaling import Threshold
from challenge_neuralworks.training.export.columns import Number, Raw, Table
from challenge_neuralworks.training.export.encoding import over_plain
from challenge_neuralworks.training.export.folding import domain_of
from challenge_neuralworks.training.export.heads.checks import check_numbers
from challenge_neuralworks.training.export.heads.linear import Linear, folded, linear_head, matrix, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

    Normal = tuple[float, float]


def gaussian(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted GaussianNB."""
    check_numbers(columns, step)
    if not np.all(estimator.var_ > 0.0):
        step.refuse("GaussianNB with a variance of 0", "raise var_smoothing, or drop constant columns")
    means, variances = matrix(estimator.theta_), matrix(estimator.var_)
    bases = [
        (log(prior) if prior > 0.0 else -inf) - 0.5 * sum(log(2.0 * pi * variance) for variance in row)
        for prior, row in zip(vector(estimator.class_prior_, len(means)), variances, strict=True)
    ]
    tables: dict[int, list[tuple[Table, list[Normal]]]] = {}
    numbers: list[tuple[Number, list[Normal]]] = []
    for index, column in enumerate(columns):
        normals = [(row[index], spread[index]) for row, spread in zip(means, variances, strict=True)]
        if isinstance(column, Table):
            tables.setdefault(column.position, []).append((column, normals))
        else:
            numbers.append((column if isinstance(column, Number) else Number(column.position, 0.0, 1.0), normals))
    lookups = [(position, *folded(group, _log_densities)) for position, group in tables.items()]
    by_class = [list(zip(*normals, strict=True)) or [(), ()] for normals in _transposed(numbers, len(means))]
    return GaussianBayes(
        AdditiveHead(bases, lookups, (), "margin"),
        [tuple(number) for number, _ in numbers],
        [means for means, _ in by_class],
        [variances for _, variances in by_class],
    )


def multinomial(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted MultinomialNB or, whose classes have no priors, ComplementNB."""
    weights = matrix(estimator.feature_log_prob_)
    has_priors = type(estimator).__name__ == "MultinomialNB"
    bases = vector(estimator.class_log_prior_ if has_priors else 0.0, len(weights))
    return linear_head(Linear(weights, bases, "softmax"), columns, step)


def bernoulli(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted BernoulliNB."""
    with np.errstate(divide="ignore"):
        # A probability of 1, which is refused below: its weights are infinite.
        absent = np.log(1.0 - np.exp(estimator.feature_log_prob_))
    weights = matrix(estimator.feature_log_prob_ - absent)
    bases = vector(estimator.class_log_prior_ + absent.sum(axis=1), len(weights))
    linear = Linear(weights, bases, "softmax")
    if estimator.binarize is None:
        return linear_head(linear, columns, step)
    threshold = float(estimator.binarize)
    tables = [column for column in columns if isinstance(column, Table)]
    if len(tables) == len(columns):
        return linear_head(linear, [_over(table, threshold) for table in tables], step)
    check_numbers(columns, step)
    if not np.isfinite(weights).all():
        step.refuse("BernoulliNB with a probability of 0", "raise alpha")
    return over_plain(PipelineHead(Threshold(threshold), LinearHead(*linear)), columns)


def categorical(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted CategoricalNB, over columns of which every value is known."""
    tables: dict[int, list[tuple[Table, Any]]] = {}
    for column, terms in zip(columns, estimator.feature_log_prob_, strict=True):
        table = _known(column, step)
        check_numbers([table], step)
        tables.setdefault(table.position, []).append((table, np.asarray(terms)))
    lookups = [
        (position, *folded(group, lambda index, terms: _log_probabilities(index, terms, step)))
        for position, group in tables.items()
    ]
    priors = vector(estimator.class_log_prior_, len(estimator.classes_))
    if not np.isfinite(priors).all():
        step.refuse("CategoricalNB with a prior of 0", "set class_prior")
    return AdditiveHead(priors, lookups, (), "softmax")


def _over(table: Table, threshold: float) -> Table:
    def over(entry: float) -> float:
        return nan if isnan(entry) else float(entry > threshold)

    entries = {value: over(entry) for value, entry in table.entries.items()}
    return table._replace(entries=entries, unknown=over(table.unknown))


def _known(column: Column, step: Step) -> Table:
    """Return a column as a table of its category numbers."""
    if isinstance(column, Table):
        return column
    domain = domain_of(column.feature, step) if isinstance(column, Raw) else None
    if domain is None or domain.open or not all(isinstance(value, int) for value in domain.values):
        step.refuse("CategoricalNB of a column whose values are not all known", "put an OrdinalEncoder before it")
    return Table(column.position, {value: float(value) for value in domain.values}, nan)


def _log_densities(value: float, normals: Sequence[Normal]) -> list[float]:
    return [-0.5 * ((value - mean) * (value - mean) / variance) for mean, variance in normals]


def _transposed(numbers: Sequence[tuple[Number, list[Normal]]], n_classes: int) -> list[list[Normal]]:
    return [[normals[k] for _, normals in numbers] for k in range(n_classes)]


def _log_probabilities(index: float, terms: Any, step: Step) -> list[float]:
    # scikit-learn cuts an index to an integer, and raises where there is no such category.
    if index < 0.0 or int(index) >= terms.shape[1]:
        step.refuse(
            f"CategoricalNB of a column with category {index:g}, of which it knows {terms.shape[1]},",
            "raise min_categories, or encode unknown categories as a known number",
        )
    found = [float(value) for value in terms[:, int(index)]]
    if not np.isfinite(found).all():
        step.refuse("CategoricalNB with a probability of 0", "raise alpha")
    return found
