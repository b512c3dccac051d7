"""Explanations as JSON: what each field adds to a row's score, in the score's own scale and as probability."""

from __future__ import annotations

import json
from math import fsum

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import sigmoid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.scorers.explaining import Explanation
    from challenge_neuralworks.signature import Row

TOLERANCE = 1e-9
"""Largest difference of a sum from what it must be, of values beyond 1 relative to them."""

LOG_ODDS, PROBABILITY, VALUE, SCORE = "log-odds", "probability", "value", "score"
"""What a score is: log(p1 / p0), p1 itself, a regression's value, or what a link or a calibration made these of."""


class NotASum(NeuralworksError):
    """Contributions do not add up to the score that they explain; such an explanation must not be answered."""

    code = "explanation-not-a-sum"


class ExplanationWriter:
    """Writes the explanations of one model.

    Raises
    ------
    NotExplainable : the model has none.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.scale = _scale(model)
        self._keys = [(name, json.dumps(name) + ":") for name in model.signature.names]
        self._head = f'{{"scale":{json.dumps(self.scale)},"base":'

    def explain(self, row: Row, prediction: Sequence[float]) -> Explanation:
        """Return one checked row's explanation, proven to be that of its prediction; raises as `write`."""
        explanation = self.model.explain(row)
        base, contributions, score = explanation
        _check(base, contributions.values(), score)
        if self.scale == LOG_ODDS and abs(sigmoid(score) - prediction[1]) > TOLERANCE:
            raise NotASum(f"model {self.model.name!r}: log-odds {score!r} are not those of {prediction[1]!r}")
        return explanation

    def write(self, row: Row, prediction: Sequence[float]) -> str:
        """Return the JSON text of one checked row's explanation.

        Parameters
        ----------
        prediction : what the model predicts for the row, shape (n_classes,) or (1,).

        Raises
        ------
        NotASum : base and contributions are not the score, or the score is not the prediction's.
        """
        base, contributions, score = self.explain(row, prediction)
        get = contributions.get
        listed = ",".join([f"{key}{get(name, 0.0)!r}" for name, key in self._keys])
        text = f'{self._head}{base!r},"score":{score!r},"contributions":{{{listed}}}'
        if self.scale != LOG_ODDS:
            return text + "}"
        probability = prediction[1]
        start = sigmoid(base)
        # Each share of the way from the base's probability to the row's is that of the log-odds.
        slope = (probability - start) / (score - base) if score != base else start * (1.0 - start)
        shares = ",".join([f"{key}{get(name, 0.0) * slope!r}" for name, key in self._keys])
        return f'{text},"probability":{{"base":{start!r},"contributions":{{{shares}}}}}}}'


def _check(base: float, contributions: Iterable[float], score: float) -> None:
    total = fsum((base, *contributions))
    if not abs(total - score) <= TOLERANCE * max(1.0, abs(score)):
        raise NotASum(f"base and contributions sum to {total!r}, but the score is {score!r}")


def _scale(model: Model) -> str:
    # Seen on the rows whose predictions the manifest promises: an estimator says nowhere what its score means.
    rows = [instance for instance, _ in model.artifact.manifest.golden]
    pairs = [(model.explain(row).score, model.predict(row)[-1]) for row in rows or [model.signature.example()]]
    if all(abs(score - answer) <= TOLERANCE * max(1.0, abs(answer)) for score, answer in pairs):
        return PROBABILITY if model.classes else VALUE
    if model.classes and all(abs(sigmoid(score) - answer) <= TOLERANCE for score, answer in pairs):
        return LOG_ODDS
    return SCORE
