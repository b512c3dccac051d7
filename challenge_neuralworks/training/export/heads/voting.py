"""Assemblers of VotingClassifier and VotingRegressor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.ensembles import AverageHead
from challenge_neuralworks.training.export.heads.checks import same_classes
from challenge_neuralworks.training.export.heads.nesting import nested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def voting_classifier(voting: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the weighted mean of probabilities."""
    if voting.voting != "soft":
        step.refuse(f"VotingClassifier(voting={voting.voting!r}), which has no probabilities,", "set voting='soft'")
    for member in voting.estimators_:
        same_classes(member, len(voting.classes_), step)
    return _average(voting, columns, step)


def voting_regressor(voting: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the weighted mean of values."""
    return _average(voting, columns, step)


def _average(voting: Any, columns: Sequence[Column], step: Step) -> Head:
    named = [(name, estimator) for name, estimator in voting.estimators if estimator != "drop"]
    weights = [1.0] * len(voting.estimators_)
    if voting.weights is not None:
        pairs = zip(voting.estimators, voting.weights, strict=True)
        weights = [float(weight) for (_, estimator), weight in pairs if estimator != "drop"]
    heads = [nested(name, member, columns, step) for (name, _), member in zip(named, voting.estimators_, strict=True)]
    return AverageHead(heads, weights)
