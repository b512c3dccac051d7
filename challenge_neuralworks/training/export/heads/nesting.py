"""How a head takes its columns, and how a meta-estimator hands them on to the estimators inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.heads.margins import deciding, predicting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def nested(name: str, estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return an estimator inside another, which asks it for probabilities, or for a regression's value."""
    return predicting(step).head(name, estimator, columns)


def nested_scores(name: str, estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return an estimator inside another, which asks it for its decision function."""
    return deciding(step).head(name, estimator, columns)
