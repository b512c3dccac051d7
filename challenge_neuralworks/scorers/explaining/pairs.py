"""Explanations of tables over pairs of features: exact, at the price of a prediction or two."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.explaining import Explainer, Explanation
from challenge_neuralworks.scorers.pairs import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.pairs import PairHead


class PairExplainer(Explainer):
    """Contribution of a feature: its Shapley values in the games of its pairs, added up.

    With T(a, b) the term of a pair, A(a) and B(b) what it is on average where only one of the two is known, and M where
    neither is, the share of the first is ``((A - M) + (T - B)) / 2``: the mean over both orders of asking.

    Parameters
    ----------
    features : names, in the order of the head's columns.
    head : whose score is explained.
    base : the score on average.
    singles : of each single term of the head, what it is on average.
    pairs : of each pair of the head, M, and as float64 A of each place of the first and B of each of the second.

    The averages are those of path-dependent TreeSHAP (Lundberg et al., 2020), and so are the values: see
    `explaining.trees`.
    """

    __slots__ = ("_decoded", "base", "features", "head", "pairs", "singles")
    takes: ClassVar = ("features", "head", "base", "singles", "pairs")

    def __init__(
        self, features: Iterable[str], head: PairHead, base: float, singles: Iterable[float], pairs: Iterable[Any]
    ) -> None:
        self.features = tuple(features)
        self.head = head
        self.base = base
        self.singles = tuple(singles)
        self.pairs = tuple(tuple(pair) for pair in pairs)
        # An explanation is asked for seldom: what it needs is decoded by the first one.
        self._decoded: list[tuple[int, int, Any, float, list[float], list[float]]] | None = None

    def explain(self, row: Mapping[str, Any]) -> Explanation:
        """Return the explanation of one row."""
        head = self.head
        places = head.places([row[feature] for feature in self.features])
        score = head.base
        shares = [0.0] * len(places)
        for (axis, terms), mean in zip(head.single_terms, self.singles, strict=True):
            score += (term := terms[places[axis]])
            shares[axis] += 2.0 * (term - mean)
        for one, other, table, mean, firsts, seconds in self.decoded():
            i, j = places[one], places[other]
            score += (term := table[i][j])
            both, apart = term - mean, firsts[i] - seconds[j]
            shares[one] += both + apart
            shares[other] += both - apart
        contributions = dict.fromkeys(self.features, 0.0)
        for axis, share in zip(head.axes, shares, strict=True):
            contributions[self.features[axis[0]]] += share / 2.0
        return Explanation(self.base, contributions, score)

    def decoded(self) -> list[tuple[int, int, Any, float, list[float], list[float]]]:
        """Return of each pair its two axes and its table, as the head's, then M, A and B."""
        if self._decoded is None:
            self._decoded = [
                (*terms, mean, listed(first), listed(second))
                for terms, (mean, first, second) in zip(self.head.pair_terms, self.pairs, strict=True)
            ]
        return self._decoded
