"""Exponentials whose infinity goes into another estimator: scikit-learn raises there, and a scorer would answer."""

from __future__ import annotations

import sys
from math import inf, log
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import GammaRegressor, PoissonRegressor, TweedieRegressor

from challenge_neuralworks.training.export.columns import Number, Plain, Table
from challenge_neuralworks.training.export.exactness import held_by, is_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

LARGEST = log(sys.float_info.max)
"""Its exponential is the largest number there is."""


def refuse_overflow(member: Any, columns: Sequence[Column], step: Step) -> None:
    """Refuse a regressor that another one follows, where nothing says how far its exponent can go."""
    if _overflows(member, columns, step):
        step.refuse(
            f"{type(member).__name__} inside a stack, whose exponential may be infinite,",
            "bound its features more closely in the signature",
        )


def _overflows(estimator: Any, columns: Sequence[Column], step: Step) -> bool:
    # A search also keeps what it was given, which was never fitted.
    if isinstance(estimator, GammaRegressor | PoissonRegressor | TweedieRegressor) and hasattr(estimator, "coef_"):
        link = type(estimator._base_loss.link).__name__  # noqa: SLF001 - predict itself has it from there
        return link == "LogLink" and not _largest_exponent(estimator, columns, step) < LARGEST
    if isinstance(estimator, TransformedTargetRegressor) and hasattr(estimator, "regressor_"):
        # The leaves of trees are about as far from 0 as their targets were.
        return not is_tree(estimator.regressor_) and estimator.inverse_func is not None
    # A pipeline's last step has other columns than the pipeline.
    inside = () if hasattr(estimator, "steps") else columns
    return any(_overflows(part, inside, step) for part in held_by(estimator))


def _largest_exponent(estimator: Any, columns: Sequence[Column], step: Step) -> float:
    weights = np.abs(estimator.coef_).tolist()
    if len(columns) != len(weights):
        return inf
    terms = [weight * _largest(column, step) for weight, column in zip(weights, columns, strict=True) if weight]
    return float(sum(terms, abs(float(estimator.intercept_))))


def _largest(column: Column, step: Step) -> float:
    if isinstance(column, Table):
        numbers = [abs(entry) for entry in (*column.entries.values(), column.unknown)]
        return max(number for number in [0.0, *numbers] if number == number)  # noqa: PLR0124 - NaN
    # A plain number is computed of whatever there is.
    name = step.names[column.position] if step.names and not isinstance(column, Plain) else None
    field = next((field for field in step.signature.fields if field.name == name), None)
    if field is None:
        return inf
    mean, scale = (column.mean, column.scale) if isinstance(column, Number) else (0.0, 1.0)
    return max(abs((bound - mean) / scale) for bound in (field.minimum, field.maximum))
