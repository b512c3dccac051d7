"""How a head takes its columns, and how a meta-estimator hands them on to the estimators inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.pipeline import Pipeline

from challenge_neuralworks.scorers.columns import PipelineHead
from challenge_neuralworks.training.export.columns import Plain, Raw
from challenge_neuralworks.training.export.encoding import encode
from challenge_neuralworks.training.export.heads.margins import deciding, predicting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.columns import Encode
    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def nested(name: str, estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return an estimator inside another, which asks it for probabilities, or for a regression's value."""
    return seated(name, estimator, columns, predicting(step))


def nested_scores(name: str, estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return an estimator inside another, which asks it for its decision function."""
    return seated(name, estimator, columns, deciding(step))


def over_plain(head: Head, columns: Sequence[Column], step: Step) -> Head:
    """Return a head that reads numbers by their place, over columns of any kind."""
    if all(isinstance(column, Plain | Raw) and column.position == i for i, column in enumerate(columns)):
        return head
    return PipelineHead(encoded(columns, step), head)


def encoded(columns: Sequence[Column], step: Step) -> Encode:
    """Return the stage that makes numbers of columns of any kind."""
    return encode(columns)


def seated(name: str, estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return an estimator inside another, which is asked for whatever the other is asked for."""
    if type(estimator) is Pipeline and not all(isinstance(column, Raw) for column in columns):
        # Its transformers know numbers at their places, and no folded columns.
        return over_plain(step.head(name, estimator, [Plain(i) for i in range(len(columns))]), columns, step)
    return step.head(name, estimator, columns)
