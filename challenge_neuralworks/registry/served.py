"""What MLflow loads and asks: a sealed model behind a table of rows; part of each logged model."""

from __future__ import annotations

import logging
import os
from math import isnan
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.errors import InvalidInstances, InvalidParameter, NeuralworksError
from challenge_neuralworks.settings import read_settings
from challenge_neuralworks.store.folder import load_model, seals_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Checked


def _load_pyfunc(path: str) -> Served:
    """Return the model of a sealed folder with all checks that the environment asks for; the name is MLflow's."""
    settings = read_settings(os.environ)
    seals = seals_of(settings, logging.getLogger(__name__).warning)
    return Served(load_model(read_manifest(path).name, path, settings.trusted_digests, seals))


class Served:
    """Answers tables as `neuralworks predict` does, by the model's own code."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._integers = {field.name for field in model.signature.fields if field.kind == "integer"}

    def predict(self, table: Any, params: Mapping[str, Any] | None = None) -> Any:
        """Return a row for each row: ``probability_CLASS`` and ``label``, or ``prediction``; then ``warnings``.

        Parameters
        ----------
        table : DataFrame with a column a field; NaN and None are null, and so is all of a column that is not there.
        params : ``threshold`` and ``explain``, as the API's; explained rows have ``base``, ``score`` and
            ``contribution_FIELD`` too.

        Raises
        ------
        MlflowException : rows or parameters are wrong; names every fault.
        """
        import pandas as pd
        from mlflow.exceptions import MlflowException

        try:
            rows = list(self._answers(list(self._instances(table)), dict(params or {})))
        except InvalidInstances as error:
            faults = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in error.faults)
            raise MlflowException.invalid_parameter_value(f"{error}: {faults}") from error
        except NeuralworksError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from error
        return pd.DataFrame(rows)

    def _answers(self, instances: Sequence[Any], params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        checked = self.model.check(instances, "#/instances")
        threshold = self._threshold(params.get("threshold"))
        warnings = _by_row(checked, len(instances))
        for place, prediction in enumerate(self.model.predict_many(checked.rows)):
            answer = self._answer(prediction, threshold)
            if params.get("explain"):
                answer |= self._explanation(checked.rows[place])
            yield answer | {"warnings": warnings[place]}

    def _answer(self, prediction: tuple[float, ...], threshold: float | None) -> dict[str, Any]:
        classes = self.model.classes
        if not classes:
            return {"prediction": prediction[0]}
        answer = {f"probability_{one}": value for one, value in zip(classes, prediction, strict=True)}
        return {**answer, "label": self.model.label(prediction, threshold)}

    def _explanation(self, row: Any) -> dict[str, float]:
        base, contributions, score = self.model.explain(row)
        named = {f"contribution_{name}": value for name, value in contributions.items()}
        return {"base": base, "score": score, **named}

    def _threshold(self, given: Any) -> float | None:
        if given is None or self.model.threshold is None:
            return None
        if not 0 <= given <= 1:
            raise InvalidParameter("threshold", str(given), "a number from 0 to 1")
        return float(given)

    def _instances(self, table: Any) -> Iterator[dict[str, Any]]:
        # `tolist` gives Python's own numbers; NumPy's are no JSON values.
        missing = [None] * len(table)
        columns = [
            [self._plain(name, value) for value in table[name].tolist()] if name in table else missing
            for name in self.model.signature.names
        ]
        for values in zip(*columns, strict=True):
            yield dict(zip(self.model.signature.names, values, strict=True))

    def _plain(self, name: str, value: Any) -> Any:
        if isinstance(value, float):
            if isnan(value):
                return None
            # Integers that may be missing come as floats.
            return int(value) if name in self._integers and value.is_integer() else value
        return value


def _by_row(checked: Checked, count: int) -> list[str]:
    """Return what is to be said of each row, in one text; pointers are ``#/instances/ROW/FIELD``."""
    told: list[list[str]] = [[] for _ in range(count)]
    for pointer, _, detail in checked.warnings:
        _, _, row, field = pointer.split("/", 3)
        told[int(row)].append(f"{field}: {detail}")
    return ["; ".join(one) for one in told]
