"""A busy model's tables as one straight line of code: the same terms in the same order, in a third of the time.

A scorer's loop spends its time on finding the next table, and so does what explains it. Making code without a loop
takes as long as some hundred rows, so it is made in a process that has proved busy, and not while one starts.
"""

from __future__ import annotations

from math import exp

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.explaining import ExplainedScorer, Explanation
from challenge_neuralworks.scorers.pairs import PairScorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
    from challenge_neuralworks.scorers.pairs import PairHead
    from challenge_neuralworks.scorers.parts import Scorer

    Predict = Callable[[Mapping[str, Any]], tuple[float, ...]]
    Explain = Callable[[Mapping[str, Any]], Explanation]

MOST_TERMS = 500
"""Tables of one scorer: an expression nests as deeply as it has terms, and Python compiles none of some thousands."""

RETURNS = {
    "identity": ("return (total,)",),
    # As `links.sigmoid`, without the call.
    "sigmoid": (
        "try:",
        "    second = 1.0 / (1.0 + exp(-total))",
        "except OverflowError:",
        "    second = 0.0",
        "return 1.0 - second, second",
    ),
}
"""Link -> how the prediction is made of the sum."""

OTHER = object()
"""Stands for any value that an axis does not list: those have no end, and one place."""


class Axis(dict["Any", "tuple[Any, ...]"]):
    """Value -> its place, and of each table whose first axis this is the row of that place; found when first asked for.

    Parameters
    ----------
    places : place of each value.
    other : place of any other value.
    tables : by place.
    """

    __slots__ = ("_other", "_places", "_tables")

    def __init__(self, places: Mapping[Any, int], other: int, tables: Iterable[Any]) -> None:
        super().__init__()
        self._places = places
        self._other = other
        self._tables = tuple(tables)

    def __missing__(self, value: Any) -> tuple[Any, ...]:
        if value is not OTHER and value not in self._places:
            return self[OTHER]
        place = self._places.get(value, self._other)
        self[value] = found = (place, *[table[place] for table in self._tables])
        return found


class Shares:
    """What a table over two axes adds to one of its features, by the places of its first axis; computed when asked for.

    Parameters
    ----------
    table : terms of each place of the first axis.
    mean, firsts, seconds : see `PairExplainer`.
    sign : 1.0 for the share of the first feature, -1.0 for that of the second.
    """

    __slots__ = ("_firsts", "_mean", "_seconds", "_sign", "_table")

    def __init__(self, table: Any, mean: float, firsts: Sequence[float], seconds: Sequence[float], sign: float) -> None:
        self._table = table
        self._mean = mean
        self._firsts = firsts
        self._seconds = seconds
        self._sign = sign

    def __getitem__(self, place: int) -> list[float]:
        mean, first, sign = self._mean, self._firsts[place], self._sign
        pairs = zip(self._table[place], self._seconds, strict=False)
        # Each operation as in the loop, so that each rounds as there; a sign rounds nothing.
        return [(term - mean) + sign * (first - second) for term, second in pairs]


def compiled(scorer: Scorer) -> Predict | None:
    """Return a function that gives what ``scorer.predict`` does, to the last bit; None where it is no sum of pairs.

    Raises
    ------
    TypeError, IndexError : a table names an axis that is none; such a scorer cannot predict either.
    """
    inner = scorer.scorer if type(scorer) is ExplainedScorer else scorer
    if type(inner) is not PairScorer or _terms(inner.head) > MOST_TERMS:
        return None
    code = _Code(inner.features, inner.head)
    lines = [*code.places(), f"total = {code.total()}", *RETURNS[inner.head.link]]
    predict: Predict = _function(code.names, lines)
    return predict


def compiled_explanation(scorer: Any) -> Explain | None:
    """Return a function that gives what ``scorer.explain`` does, to the last bit; None where that is not of pairs.

    Raises
    ------
    TypeError, IndexError : as `compiled`.
    """
    from challenge_neuralworks.scorers.explaining.pairs import PairExplainer  # Only who explains has it.

    explainer = scorer.explainer if type(scorer) is ExplainedScorer else None
    if type(explainer) is not PairExplainer or _terms(explainer.head) > MOST_TERMS:
        return None
    code = _Code(explainer.features, explainer.head)
    contributions = _contributions(code, explainer)
    code.names |= {"average": explainer.base, "new": tuple.__new__, "Explanation": Explanation}
    explain: Explain = _function(
        code.names, [*code.places(), f"return new(Explanation, (average, {{{contributions}}}, {code.total()}))"]
    )
    return explain


class _Code:
    """Pieces of code over the places of a row on the axes of a head, and the values of the names in them.

    Whatever an artifact says is the value of a name; the pieces hold names and whole numbers of ours, nothing else.
    """

    def __init__(self, features: Sequence[str], head: PairHead) -> None:
        self.features = features
        self.head = head
        self.axes = range(len(head.axes))
        self.names: dict[str, Any] = {"base": head.base, "exp": exp}
        # Of each axis, tables of which a row holds what is there at its place: name of that -> table.
        self.rows: list[dict[str, Any]] = [{} for _ in self.axes]
        for index, (first, _, table) in enumerate(head.pair_terms):
            self.rows[first][f"row{index}"] = table

    def total(self) -> str:
        """Return the sum of all terms, from left to right, as the loop adds: another order would round otherwise."""
        terms = ["base"]
        # What an artifact says is an axis becomes a number of ours, or an error.
        for index, (axis, table) in enumerate(self.head.single_terms):
            self.names[f"single{index}"] = table
            terms.append(f"single{index}[place{self.axes[axis]}]")
        terms += [f"row{index}[place{self.axes[second]}]" for index, (_, second, _) in enumerate(self.head.pair_terms)]
        return " + ".join(terms)

    def places(self) -> list[str]:
        """Return a line for each axis, which finds a row's place on it, and what the tables have at that place."""
        return [self._place(axis) for axis in self.axes]

    def _place(self, index: int) -> str:
        names = self.names
        column, *axis = self.head.axes[index]
        names[f"feature{index}"] = self.features[column]
        key = f"row[feature{index}]"
        if len(axis) == 2:
            places, other = axis
        else:
            from bisect import bisect_left  # Scorers without numbers between thresholds need not load it.

            names |= {"bisect_left": bisect_left}
            names |= {f"mean{index}": axis[0], f"scale{index}": axis[1], f"thresholds{index}": axis[2]}
            other = len(axis[2]) + 1
            places = {place: place for place in range(other)}
            place = f"bisect_left(thresholds{index}, (value - mean{index}) / scale{index})"
            key = f"{other} if (value := {key}) is None else {place}"
        names[f"axis{index}"] = Axis(places, other, self.rows[index].values())
        return f"{', '.join([f'place{index}', *self.rows[index]])}, = axis{index}[{key}]"


def _contributions(code: _Code, explainer: PairExplainer) -> str:
    # Returns the entries of a dict: of each feature half of what its axes' tables add to it.
    shares: list[list[str]] = [["0.0"] for _ in code.axes]
    for index, ((axis, terms), mean) in enumerate(zip(explainer.head.single_terms, explainer.singles, strict=True)):
        code.names[f"alone{index}"] = [2.0 * (term - mean) for term in terms]
        shares[axis].append(f"alone{index}[place{code.axes[axis]}]")
    for index, (first, second, table, mean, firsts, seconds) in enumerate(explainer.decoded()):
        for name, axis, sign in ((f"one{index}", first, 1.0), (f"other{index}", second, -1.0)):
            code.rows[first][name] = Shares(table, mean, firsts, seconds, sign)
            shares[axis].append(f"{name}[place{code.axes[second]}]")
    added: list[list[str]] = [["0.0"] for _ in explainer.features]
    for (column, *_), pieces in zip(explainer.head.axes, shares, strict=True):
        added[column].append(f"({' + '.join(pieces)}) / 2.0")
    code.names |= {f"name{column}": feature for column, feature in enumerate(explainer.features)}
    return ", ".join(f"name{column}: {' + '.join(halves)}" for column, halves in enumerate(added))


def _terms(head: PairHead) -> int:
    return len(head.single_terms) + len(head.pair_terms)


def _function(names: dict[str, Any], lines: list[str]) -> Any:
    body = "\n        ".join(lines)
    text = f"def make({', '.join(names)}):\n    def of(row):\n        {body}\n    return of\n"
    made: dict[str, Any] = {}
    exec(text, made)  # noqa: S102 - see `_Code`
    return made["make"](**names)
