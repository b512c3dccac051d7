"""Assemblers of linear regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.heads.linear import Linear, linear_head, matrix, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

LINK_OF_LOSS = {"IdentityLink": "identity", "LogLink": "exp"}
"""scikit-learn's class of a generalised linear model's link -> ours."""


def linear_regressor(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted linear regressor."""
    return _regressor(estimator, "identity", columns, step)


def generalized(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted PoissonRegressor, GammaRegressor or TweedieRegressor."""
    link = type(estimator._base_loss.link).__name__  # noqa: SLF001 - predict itself has it from there
    if link not in LINK_OF_LOSS:
        step.refuse(f"{type(estimator).__name__} with a {link}", "use the link 'identity' or 'log'")
    return _regressor(estimator, LINK_OF_LOSS[link], columns, step)


def _regressor(estimator: Any, link: str, columns: Sequence[Column], step: Step) -> Head:
    weights = matrix(estimator.coef_)
    if len(weights) != 1:
        step.refuse(f"{type(estimator).__name__} of {len(weights)} outputs", "fit one regressor an output")
    return linear_head(Linear(weights, vector(estimator.intercept_, 1), link), columns, step)
