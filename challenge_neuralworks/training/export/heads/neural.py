"""Assemblers of multi-layer perceptrons; equal to scikit-learn to 1e-9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.neural import ACTIVATIONS, Network
from challenge_neuralworks.training.export.heads.linear import Linear, linear_head, matrix, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

LINK_OF_OUTPUT = {"softmax": "softmax", "logistic": "sigmoid", "identity": "identity", "exp": "exp"}


def perceptron(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted MLPClassifier or MLPRegressor."""
    kind = type(estimator).__name__
    output = estimator.out_activation_
    if estimator.n_outputs_ > 1 and output != "softmax":
        step.refuse(f"{kind} of {estimator.n_outputs_} outputs", "fit one an output")
    if estimator.activation not in ACTIVATIONS or output not in LINK_OF_OUTPUT:
        step.refuse(f"{kind}(activation={estimator.activation!r})", "use 'relu', 'tanh', 'logistic' or 'identity'")
    layers = [
        (matrix(weights.T), vector(intercepts, len(intercepts)))
        for weights, intercepts in zip(estimator.coefs_, estimator.intercepts_, strict=True)
    ]
    # The first layer is linear in the columns: tables of a feature fold into one term a unit.
    first = linear_head(Linear(*layers[0], "identity"), columns, step)
    return Network(first, layers[1:], estimator.activation, LINK_OF_OUTPUT[output])
