"""A busy model's tables as one straight line of code: the same terms in the same order, in a third of the time.

A scorer's loop spends its time on finding the next table. Making code without a loop takes as long as some hundred
predictions, so it is made in a process that has proved busy, and not while one starts.
"""

from __future__ import annotations

from math import exp

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.scorers.pairs import PairScorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from challenge_neuralworks.scorers.parts import Scorer

    Predict = Callable[[Mapping[str, Any]], tuple[float, ...]]

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


def compiled(scorer: Scorer) -> Predict | None:
    """Return a function that gives what ``scorer.predict`` does, to the last bit; None where it is no sum of pairs.

    Raises
    ------
    TypeError, IndexError : a table names an axis that is none; such a scorer cannot predict either.
    """
    inner = scorer.scorer if type(scorer) is ExplainedScorer else scorer
    if type(inner) is not PairScorer or len(inner.head.single_terms) + len(inner.head.pair_terms) > MOST_TERMS:
        return None
    names: dict[str, Any] = {"base": inner.head.base, "exp": exp}
    axes = range(len(inner.head.axes))
    lines = [_line(inner, axis, axes, names) for axis in axes]
    # From left to right, as the loop adds: another order would round otherwise.
    terms = ["base"]
    # What an artifact says is an axis becomes a number of ours, or an error: none of its words gets into the code.
    for index, (axis, table) in enumerate(inner.head.single_terms):
        names[f"single{index}"] = table
        terms.append(f"single{index}[place{axes[axis]}]")
    terms += [f"row{index}[place{axes[second]}]" for index, (_, second, _) in enumerate(inner.head.pair_terms)]
    lines += [f"total = {' + '.join(terms)}", *RETURNS[inner.head.link]]
    return _function(names, lines)


def _line(scorer: PairScorer, index: int, axes: range, names: dict[str, Any]) -> str:
    # Finds the place of a row on one axis, and the rows of the tables whose first axis it is.
    column, *axis = scorer.head.axes[index]
    tables = {at: table for at, (first, _, table) in enumerate(scorer.head.pair_terms) if axes[first] == index}
    names[f"feature{index}"] = scorer.features[column]
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
    names[f"axis{index}"] = Axis(places, other, tables.values())
    return f"{', '.join([f'place{index}', *(f'row{at}' for at in tables)])}, = axis{index}[{key}]"


def _function(names: dict[str, Any], lines: list[str]) -> Predict:
    # Whatever an artifact says comes in as an argument: the text holds names and whole numbers of ours, nothing else.
    body = "\n        ".join(lines)
    text = f"def make({', '.join(names)}):\n    def predict(row):\n        {body}\n    return predict\n"
    made: dict[str, Any] = {}
    exec(text, made)  # noqa: S102 - see above
    predict: Predict = made["make"](**names)
    return predict
