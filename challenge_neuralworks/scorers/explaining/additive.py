"""Explanations of a sum of one term a feature: each term, less what it is on average."""

from __future__ import annotations

from math import fsum

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.explaining import Explainer, Explanation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.additive import AdditiveScorer


class AdditiveExplainer(Explainer):
    """Contribution of a feature: its term minus its reference.

    Parameters
    ----------
    scorer : whose score is explained.
    references : feature -> what its term is on average. A feature that no term reads adds 0.0; the reference of
        one that is not listed is 0.

    Source: of a sum of functions of single features, these are its Shapley values (Lundberg & Lee, 2017, A Unified
    Approach to Interpreting Model Predictions, corollary 1).
    """

    __slots__ = ("_base", "_lookups", "_nothing", "_numbers", "references", "scorer")
    takes: ClassVar = ("scorer", "references")

    def __init__(self, scorer: AdditiveScorer, references: Mapping[str, float]) -> None:
        self.scorer = scorer
        self.references = dict(references)
        terms = [*(term.feature for term in scorer.lookups), *(term.feature for term in scorer.numbers)]
        used = dict.fromkeys(terms)
        self._nothing = dict.fromkeys((*self.references, *terms), 0.0)
        self._base = fsum([scorer.bias, *(self.references.get(feature, 0.0) for feature in used)])
        # A feature may have several terms; its reference is taken from the first.
        left = {feature: self.references.get(feature, 0.0) for feature in used}
        self._lookups = [(*term, left.pop(term.feature, 0.0)) for term in scorer.lookups]
        self._numbers = [(*term, left.pop(term.feature, 0.0)) for term in scorer.numbers]

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Return the explanation of one row."""
        contributions = self._nothing.copy()
        score = self.scorer.bias
        for feature, table, unknown, reference in self._lookups:
            term = table.get(row[feature], unknown)
            score += term
            contributions[feature] += term - reference
        for feature, weight, mean, scale, reference in self._numbers:
            term = weight * ((row[feature] - mean) / scale)
            score += term
            contributions[feature] += term - reference
        return Explanation(self._base, contributions, score)
