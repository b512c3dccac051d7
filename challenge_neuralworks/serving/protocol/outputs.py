"""The output tensors of an inference, written as JSON."""

from __future__ import annotations

import json

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.protocol.datatypes import BYTES, FP64, INT64
from challenge_neuralworks.serving.protocol.refusals import InvalidTensors
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.explanations import ExplanationWriter
    from challenge_neuralworks.serving.parameters import Parameters
    from challenge_neuralworks.signature import Row

    Predictions = Sequence[Sequence[float]]

PREDICTION, LABEL, CONTRIBUTIONS, BASE = "prediction", "label", "contributions", "base"

IGNORED = ("binary_data", "content_type")
"""Parameters of an output that may be there: answers are JSON, whatever was asked."""


class OutputWriter:
    """Writes the outputs of one model.

    offered : names of what is answered where nothing in particular is asked for.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.offered = (PREDICTION, LABEL) if model.classes else (PREDICTION,)
        self._width = len(model.classes) or 1
        self._label_type = label_datatype(model)
        as_text = self._label_type == BYTES
        self._labels = {label: json.dumps(str(label) if as_text else label) for label in model.classes}
        self._explanations: ExplanationWriter | None = None

    def names(self, asked: Any, parameters: Parameters) -> tuple[str, ...]:
        """Return the outputs to answer, in the order asked for.

        Raises
        ------
        InvalidTensors : ``asked`` is no array of outputs that there are, each once.
        """
        offered = (*self.offered, CONTRIBUTIONS, BASE) if parameters.explain else self.offered
        if not asked and (asked is None or type(asked) is list):
            return offered
        if type(asked) is not list:
            raise InvalidTensors([f"outputs are {show(asked)}: expected an array of objects with a name"])
        names = [_name(entry, offered) for entry in asked[: len(offered) + 1]]
        if len(set(names)) != len(asked):
            raise InvalidTensors(["an output is asked for twice"])
        return tuple(names)

    def write(self, names: Sequence[str], rows: Sequence[Row], predictions: Predictions, parameters: Parameters) -> str:
        """Return the JSON text of outputs.

        Raises
        ------
        NotExplainable : contributions are asked for, and the model has none.
        NotASum : an explanation does not add up.
        """
        n = len(rows)
        written: dict[str, str] = {}
        if PREDICTION in names:
            numbers = ",".join([repr(value) for prediction in predictions for value in prediction])
            written[PREDICTION] = _tensor(PREDICTION, FP64, f"{n},{self._width}", numbers)
        if LABEL in names:
            label, texts, cut = self.model.label, self._labels, parameters.threshold
            labels = ",".join([texts[label(prediction, cut)] for prediction in predictions])
            written[LABEL] = _tensor(LABEL, self._label_type, str(n), labels)
        if CONTRIBUTIONS in names or BASE in names:
            written |= self._explained(rows, predictions)
        return ",".join([written[name] for name in names])

    def _explained(self, rows: Sequence[Row], predictions: Predictions) -> dict[str, str]:
        if self._explanations is None:
            from challenge_neuralworks.serving.explanations import ExplanationWriter  # Most calls ask for none.

            self._explanations = ExplanationWriter(self.model)
        explain, names = self._explanations.explain, self.model.signature.names
        explanations = [explain(row, prediction) for row, prediction in zip(rows, predictions, strict=True)]
        shares = [repr(one.contributions.get(name, 0.0)) for one in explanations for name in names]
        bases = [repr(one.base) for one in explanations]
        return {
            CONTRIBUTIONS: _tensor(CONTRIBUTIONS, FP64, f"{len(rows)},{len(names)}", ",".join(shares)),
            BASE: _tensor(BASE, FP64, str(len(rows)), ",".join(bases)),
        }


def label_datatype(model: Model) -> str:
    """Return INT64 where every class is an integer, else BYTES."""
    return INT64 if all(isinstance(label, int) for label in model.classes) else BYTES


def _name(entry: Any, offered: Sequence[str]) -> str:
    name = entry.get("name") if type(entry) is dict else None
    if type(name) is not str or name not in offered:
        what = f"output {show(name)}" if type(entry) is dict else show(entry)
        hint = '; parameters {"explain": true} add it' if name in (CONTRIBUTIONS, BASE) else ""
        raise InvalidTensors([f"{what} is none of this answer's, which are {', '.join(offered)}{hint}"])
    parameters = entry.get("parameters") or {}
    strangers = [show(key) for key in parameters if key not in IGNORED] if type(parameters) is dict else ["these"]
    if strangers:
        raise InvalidTensors([f"output {show(name)}: parameters are not known: {', '.join(strangers[:5])}"])
    return name


def _tensor(name: str, datatype: str, shape: str, data: str) -> str:
    return f'{{"name":"{name}","shape":[{shape}],"datatype":"{datatype}","data":[{data}]}}'
