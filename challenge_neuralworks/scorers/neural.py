"""Feed-forward networks."""

from __future__ import annotations

from math import tanh
from operator import mul

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import LINKS, sigmoid
from challenge_neuralworks.scorers.parts import Head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns

    Values = Sequence[float]

ACTIVATIONS: dict[str, Callable[[Values], Values]] = {
    "identity": lambda values: values,
    "relu": lambda values: [max(value, 0.0) for value in values],
    "tanh": lambda values: list(map(tanh, values)),
    "logistic": lambda values: list(map(sigmoid, values)),
}
"""Name -> function of a hidden layer's sums."""


class Network(Head):
    """A multi-layer perceptron.

    Parameters
    ----------
    first : head whose decision function is the sums of the first layer: tables of single features fold into it.
    layers : (weights of shape (n_units, n_units of the layer before), intercepts) of each layer after the first.
    activation : name of one of `ACTIVATIONS`, of every layer but the last.
    link : name of one of `links.LINKS`, of the last.
    """

    __slots__ = ("_activate", "_layers", "_link", "activation", "first", "layers", "link")
    takes: ClassVar = ("first", "layers", "activation", "link")

    def __init__(self, first: Head, layers: Iterable[Any], activation: str, link: str) -> None:
        self.first = first
        self.layers = tuple((tuple(tuple(row) for row in weights), tuple(intercepts)) for weights, intercepts in layers)
        self.activation = activation
        self.link = link
        self._activate = ACTIVATIONS[activation]
        self._link = LINKS[link]
        self._layers = tuple(tuple(zip(weights, intercepts, strict=True)) for weights, intercepts in self.layers)

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return class probabilities, or the value of a regression."""
        sums: Values = self.first.raw(columns)
        for layer in self._layers:
            values = self._activate(sums)
            sums = [sum(map(mul, weights, values), intercept) for weights, intercept in layer]
        return self._link(tuple(sums))
