"""The last stage: what a model must be worth before it is served, whatever else it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Gate(NamedTuple):
    """A bound on one metric of one split; ``least`` says which side passes."""

    split: str
    metric: str
    bound: float
    least: bool

    def __str__(self) -> str:
        return f"{self.split}.{self.metric} at {'least' if self.least else 'most'} {self.bound:g}"


class GateClosed(DataError):
    """A model is not worth what it must be; it is not put among those that are served."""

    code = "gate-closed"

    def __init__(self, model: str, missed: Iterable[str]) -> None:
        self.missed = tuple(missed)
        super().__init__(f"{model} is not served: {'; '.join(self.missed)}")


def parse_gate(text: str, *, least: bool) -> Gate:
    """Return the gate that ``split.metric=bound`` states.

    Raises
    ------
    ConfigurationError : the text states none.
    """
    where, _, bound = text.partition("=")
    split, _, metric = where.partition(".")
    try:
        return Gate(split, metric, float(bound), least)
    except ValueError as error:
        option = "--least" if least else "--most"
        raise ConfigurationError(option, text, "split.metric=number, e.g. random_split.auc=0.73") from error


def check_gates(evaluation: Mapping[str, Any], gates: Iterable[Gate]) -> list[str]:
    """Return each gate with the value that passes it, in words.

    Parameters
    ----------
    evaluation : as its file holds it.

    Raises
    ------
    GateClosed : a metric is on the wrong side of its bound; names each such.
    ConfigurationError : the evaluation has no such split or metric.
    """
    passed: list[str] = []
    missed: list[str] = []
    for gate in gates:
        value = _value(evaluation, gate)
        is_passed = value is not None and (value >= gate.bound if gate.least else value <= gate.bound)
        (passed if is_passed else missed).append(
            f"{gate.split}.{gate.metric} is {value}, {gate.bound:g} at {'least' if gate.least else 'most'}"
        )
    if missed:
        raise GateClosed(evaluation["model"], missed)
    return passed


def _value(evaluation: Mapping[str, Any], gate: Gate) -> float | None:
    splits = {split["name"]: split["metrics"] for split in evaluation["splits"]}
    if gate.metric not in splits.get(gate.split, {}):
        known = ", ".join(f"{name}.{metric}" for name, metrics in splits.items() for metric in metrics)
        raise ConfigurationError("gate", str(gate), f"one of {known}")
    value: float | None = splits[gate.split][gate.metric]["value"]
    return value


def put(made: Path, served: Path) -> None:
    """Copy a sealed artifact to where it is served from: the pickle first, then the manifest; then old ones go.

    A reader that comes between the steps finds the old manifest with the old pickle.
    """
    served.mkdir(parents=True, exist_ok=True)
    pickles = sorted(made.glob("*.pkl"))
    for path in (*pickles, made / "manifest.json"):
        temporary = served / f"{path.name}.part"
        shutil.copyfile(path, temporary)
        temporary.replace(served / path.name)
    kept = {path.name for path in pickles}
    for old in served.glob("*.pkl"):
        if old.name not in kept:
            old.unlink()
