"""``neuralworks track``: what was trained, as a run of MLflow."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.options import DATA_DIR
from challenge_neuralworks.cli.stages import PROCESSED, REPORTS, check_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from challenge_neuralworks.registry.record import Outcome, Sources
    from challenge_neuralworks.registry.tracking import Tracked

PARAMS = Path("params.yaml")
REPORT_FILES = ("evaluation.html", "evaluation.json", "data.html", "data.json")


@click.command()
@click.argument("model")
@click.option(
    "--made",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that holds the artifact's.  [default: data/processed/MODEL/models, else models]",
)
@click.option(
    "--evaluation",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What was measured of it.  [default: reports/MODEL/evaluation.json, else docs/models/MODEL.json]",
)
@click.option("--force", is_flag=True, help="Make another run of what is tracked already.")
def track(model: str, made: Path | None, evaluation: Path | None, force: bool) -> None:  # noqa: FBT001 - click's way
    """Track MODEL's training in MLflow: a run, and where all gates are passed a registered version, the candidate.

    Gates are those of the model's line in params.yaml. Where MLflow is, MLFLOW_TRACKING_URI says; without it, in
    mlflow.db and mlruns/ here. What is tracked already is not tracked again.
    """
    from challenge_neuralworks.artifact.manifest import read_manifest
    from challenge_neuralworks.registry.connecting import shown
    from challenge_neuralworks.registry.models import open_registry
    from challenge_neuralworks.registry.record import make_record
    from challenge_neuralworks.registry.tracking import track as run

    trained = PROCESSED / model / "models"
    folder = made or (trained if trained.is_dir() else Path("models"))
    sources = _sources(model, folder, evaluation)
    manifest = read_manifest(str(folder / model))
    record = make_record(manifest, sources, _outcome(model, folder, sources))
    registry = open_registry()
    tracked = run(registry, record, force=force)
    for line in record.outcome.missed:
        click.echo(f"  missed: {line}")
    click.echo(f"{model} {manifest.version}: {_told(tracked)}, in {shown(registry.uri)}")


def _told(tracked: Tracked) -> str:
    made = "run" if tracked.is_new else "tracked already as run"
    if tracked.registered is None:
        return f"{made} {tracked.run_id}, not registered: it missed its gates"
    return f"{made} {tracked.run_id}, registered as {tracked.registered}"


def _sources(model: str, made: Path, evaluation: Path | None) -> Sources:
    from challenge_neuralworks.registry.record import Sources

    files = [REPORTS / model / name for name in REPORT_FILES]
    found = evaluation or next(filter(Path.is_file, [files[1], Path("docs") / "models" / f"{model}.json"]), None)
    # Reports beside another evaluation are of another training.
    reports = tuple(filter(Path.is_file, files)) if found in files else tuple(filter(None, [found]))
    measured = {} if found is None else _read_json(found)
    return Sources(made / model, measured, _line(model), reports, _declared(model))


def _read_json(path: Path) -> Any:
    from challenge_neuralworks.errors import DataError

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; 'neuralworks evaluate' writes it") from error


def _line(model: str) -> dict[str, Any]:
    """Return the model's line in params.yaml; nothing where there is none."""
    from challenge_neuralworks.errors import DataError
    from challenge_neuralworks.registry.connecting import MlflowMissing

    try:
        import yaml  # type: ignore[import-untyped] # MLflow brings it
    except ModuleNotFoundError as error:
        raise MlflowMissing("MLflow is not installed: pip install '.[registry]' in the project's folder") from error
    try:
        stated = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))
        return dict(stated["models"].get(model, {}))
    except FileNotFoundError:
        return {}
    except (OSError, KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise DataError(f"{PARAMS}: cannot be read: {type(error).__name__}: {error}") from error


def _declared(model: str) -> dict[str, Any]:
    from challenge_neuralworks.training.declarations import dataset_names, read_declaration

    return read_declaration(model, DATA_DIR)._asdict() if model in dataset_names(DATA_DIR) else {}


def _outcome(model: str, made: Path, sources: Sources) -> Outcome:
    """Hold the artifact to the conformance suite and to every gate, whichever it misses."""
    from challenge_neuralworks.registry.record import Outcome

    held = [*_conformance(model, made), *_gates(model, sources.evaluation, sources.stated)]
    return Outcome(
        tuple(words for is_passed, words in held if is_passed),
        tuple(words for is_passed, words in held if not is_passed),
    )


def _conformance(model: str, made: Path) -> Iterator[tuple[bool, str]]:
    from challenge_neuralworks.testing import NotConforming
    from challenge_neuralworks.testing import check_model as conform

    try:
        yield True, f"conforms: {len(conform(model, str(made)).results)} checks"
    except NotConforming as error:
        yield from ((False, f"{result.check}: {result.evidence}") for result in error.report.failed)


def _gates(model: str, evaluation: Mapping[str, Any], stated: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    from challenge_neuralworks.training.gates import GateClosed, check_gates, parse_gate

    words = shlex.split(stated.get("check_model", ""))
    options = check_model.make_context("check-model", [model, *words]).params
    gates = [parse_gate(text, least=option == "least") for option in ("least", "most") for text in options[option]]
    if gates and not evaluation:
        yield False, f"nothing was measured to hold {len(gates)} gates to; 'neuralworks evaluate {model}' measures"
        return
    for gate in gates:
        try:
            yield True, check_gates(evaluation, [gate])[0]
        except GateClosed as error:
            yield False, error.missed[0]
