"""Exact explanations: what each feature adds to a row's score, and a scorer that says so."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.scorers.parts import Part, Scorer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, ClassVar


class Explanation(NamedTuple):
    """A row's score as a sum: ``base + sum(contributions.values()) == score``, to 1e-9 and nearly always 1e-13.

    base : the score of a row of which nothing is known.
    contributions : what each feature's value adds to it; a feature that the estimator never asks adds 0.0.
    score : the estimator's raw score, before its link: the log-odds of the second of two classes, the value of
        a regression; of an average of trees the probability of the second class itself.
    """

    base: float
    contributions: dict[str, float]
    score: float


class Explainer(Part):
    """Says what each feature adds to a row's score."""

    __slots__ = ()

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Return the explanation of one row of features; it is not changed."""
        raise NotImplementedError


class ExplainedScorer(Scorer):
    """A scorer, with what explains it.

    Parameters
    ----------
    scorer : predicts.
    explainer : explains the same estimator.
    """

    __slots__ = ("explainer", "scorer")
    takes: ClassVar = ("scorer", "explainer")

    def __init__(self, scorer: Scorer, explainer: Explainer) -> None:
        self.scorer = scorer
        self.explainer = explainer

    def predict(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the scorer's prediction of one row."""
        return self.scorer.predict(row)

    def predict_many(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, ...]]:
        """Return the scorer's prediction of each row."""
        return self.scorer.predict_many(rows)

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Return what each feature adds to one row's score."""
        return self.explainer.explain(row)
