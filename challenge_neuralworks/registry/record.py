"""What is known of one training, in MLflow's terms: parameters, metrics, tags, a data set, files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from challenge_neuralworks.artifact import Manifest

LONGEST_VALUE = 5_000
"""Characters of a parameter or tag; MLflow takes a few more."""

INTERVAL = ("low", "high")


class Outcome(NamedTuple):
    """What a trained model was held to, each check in words."""

    passed: tuple[str, ...]
    missed: tuple[str, ...]


class Sources(NamedTuple):
    """Where a training's results are.

    sealed : folder of the artifact.
    evaluation : what `neuralworks evaluate` found; empty where it was not run.
    stated : the model's line in params.yaml, name -> value.
    reports : files to keep with the run.
    dataset : the declaration of the data, name -> value; empty where there is none.
    """

    sealed: Path
    evaluation: Mapping[str, Any]
    stated: Mapping[str, Any]
    reports: tuple[Path, ...]
    dataset: Mapping[str, Any]


class Record(NamedTuple):
    """One training, ready to be tracked.

    key : the same for two trainings that came to the same: artifact, parameters, metrics and outcome.
    """

    manifest: Manifest
    sources: Sources
    outcome: Outcome
    params: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    key: str


def make_record(manifest: Manifest, sources: Sources, outcome: Outcome) -> Record:
    """Return the record of a training.

    Raises
    ------
    DataError : the evaluation is of another artifact; names what differs.
    """
    _refuse_other(manifest, sources.evaluation)
    params = {name: str(value)[:LONGEST_VALUE] for name, value in _params(manifest, sources)}
    metrics = {_name(name): value for name, value in _metrics(manifest, sources.evaluation)}
    metrics |= {"gates/passed": len(outcome.passed), "gates/missed": len(outcome.missed)}
    same = [manifest.version, manifest.pickle.sha256, params, metrics, outcome]
    key = digest(json.dumps(same, sort_keys=True).encode())
    return Record(manifest, sources, outcome, params, metrics, _tags(manifest, outcome), key)


def _refuse_other(manifest: Manifest, evaluation: Mapping[str, Any]) -> None:
    for split in evaluation.get("splits", ()):
        sealed = manifest.metrics.get(split["name"], {})
        for name, measured in split["metrics"].items():
            if name in sealed and sealed[name] != measured["value"]:
                raise DataError(
                    f"the evaluation is not of {manifest.name} {manifest.version}: {split['name']}.{name} is"
                    f" {measured['value']}, sealed is {sealed[name]}; 'neuralworks evaluate {manifest.name}' makes it"
                    " anew"
                )


def _params(manifest: Manifest, sources: Sources) -> Iterator[tuple[str, Any]]:
    trained = manifest.trained
    yield from ((name, trained[name]) for name in ("recipe", "seed") if name in trained)
    if manifest.threshold is not None:
        yield "threshold", manifest.threshold
    yield "holds", manifest.pickle.holds
    yield from ((f"params.{name}", " ".join(str(value).split())) for name, value in sources.stated.items())
    for candidate in sources.evaluation.get("candidates", ()):
        if candidate.get("chosen"):
            yield "candidate", candidate["name"]
            yield from ((f"candidate.{name}", json.dumps(value)) for name, value in candidate["params"].items())


def _metrics(manifest: Manifest, evaluation: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield what the manifest seals, then what the evaluation adds: intervals, cross validation, importance."""
    for part, values in manifest.metrics.items():
        yield from _numbers(part, values if isinstance(values, dict) else {"value": values})
    for split in evaluation.get("splits", ()):
        name = split["name"]
        yield from _numbers(name, {key: split.get(key) for key in ("rows", "fitted_rows", "threshold")})
        for metric, measured in split["metrics"].items():
            yield from _numbers(name, {metric: measured["value"]})
            yield from _numbers(f"{name}/interval", {f"{metric}_{end}": measured.get(end) for end in INTERVAL})
        for line in split.get("importance", ()):
            drops = {f"{key}/{line['field']}": value for key, value in line.items() if key.endswith("_drop")}
            yield from _numbers(f"{name}/importance", drops)
    spread = evaluation.get("cross_validation") or {}
    for metric, values in spread.get("metrics", {}).items():
        yield from _numbers("cross_validation", {f"{metric}_{key}": value for key, value in values.items()})


def _numbers(part: str, values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{part}/{name}", value


def _name(name: str) -> str:
    # What MLflow takes in a name; a field may be called anything.
    return re.sub(r"[^\w\-. /:]", "_", name, flags=re.ASCII)[:250]


def _tags(manifest: Manifest, outcome: Outcome) -> dict[str, str]:
    trained = manifest.trained
    data = trained.get("data", {})
    tags = {
        "version": manifest.version,
        "digest": f"sha256:{manifest.pickle.sha256}",
        "created": manifest.created,
        "data.name": data.get("name"),
        "data.sha256": data.get("sha256"),
        "code_version": trained.get("code_version"),
        "gates": "missed" if outcome.missed else "passed",
        "why": "; ".join(outcome.missed),
        **{f"package.{package}": version for package, version in trained.get("packages", {}).items()},
    }
    return {name: str(value)[:LONGEST_VALUE] for name, value in tags.items() if value}
