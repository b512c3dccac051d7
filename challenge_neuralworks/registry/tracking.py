"""One MLflow run a training, whether it passed its gates or not; what passed becomes a version and the candidate."""

from __future__ import annotations

import getpass
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.registry.code_version import commit_tags
from challenge_neuralworks.registry.connecting import answering
from challenge_neuralworks.registry.flavour import model_signature, save
from challenge_neuralworks.registry.plots import write_plots
from challenge_neuralworks.store.layout import CANDIDATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.registry.models import Registered, Registry
    from challenge_neuralworks.registry.record import Record

TRAINING = "training"
"""Tag with a record's key, the last thing that a run is given: a run without it was broken off."""

MOST_PARAMS, MOST_METRICS = 100, 500
"""Entries of one call; MLflow takes no more parameters, and not many more metrics."""

LONGEST_DIGEST = 36
"""Characters of a data set's digest in MLflow; the tag ``data.sha256`` has all 64."""


class Tracked(NamedTuple):
    """A training's run.

    is_new : whether it was made now; else an earlier call has tracked the same.
    registered : the version that it is, or None where gates were missed.
    """

    run_id: str
    is_new: bool
    registered: Registered | None


def track(registry: Registry, record: Record, *, force: bool = False) -> Tracked:
    """Track a training, once: what came to the same before is found again and nothing is written.

    A run that missed a gate ends as failed, with why; its model is kept with it, and not registered.

    Parameters
    ----------
    force : make another run all the same.

    Raises
    ------
    RegistryUnavailable : MLflow refused or did not answer; what was begun is a run that has failed.
    """
    name = record.manifest.name
    with answering(registry.uri):
        experiment = _experiment(registry.client, name)
        run_id = None if force else _find(registry.client, experiment, record.key)
    if run_id is not None:
        known = (one for one in registry.registered(name) if one.version == record.manifest.version)
        return Tracked(run_id, is_new=False, registered=next(known, None))
    with answering(registry.uri):
        run = registry.client.create_run(experiment, run_name=record.manifest.version, tags=_tags(record))
        return _fill(registry, record, run.info.run_id, experiment)


def _fill(registry: Registry, record: Record, run_id: str, experiment: str) -> Tracked:
    client, is_whole = registry.client, False
    try:
        model_id = _log_model(client, record, run_id, experiment)
        _log_values(client, record, run_id, model_id)
        _log_files(client, record, run_id)
        registered = None if record.outcome.missed else registry.register(record.manifest, model_id, run_id)
        if registered is not None:
            registered = registry.set_alias(registered.name, CANDIDATE, str(registered.number))
        client.set_tag(run_id, TRAINING, record.key)
        is_whole = True
    finally:
        client.set_terminated(run_id, "FINISHED" if is_whole and not record.outcome.missed else "FAILED")
    return Tracked(run_id, is_new=True, registered=registered)


def _experiment(client: Any, name: str) -> str:
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def _find(client: Any, experiment: str, key: str) -> str | None:
    found = client.search_runs([experiment], f"tags.{TRAINING} = '{key}'", max_results=1)
    return str(found[0].info.run_id) if found else None


def _tags(record: Record) -> dict[str, str]:
    lines = [f"- passed: {line}" for line in record.outcome.passed]
    lines += [f"- **missed**: {line}" for line in record.outcome.missed]
    return {
        **record.tags,
        **commit_tags(),
        "mlflow.note.content": "\n".join([record.manifest.description, "", *lines]),
        "mlflow.source.name": "neuralworks track",
        "mlflow.source.type": "LOCAL",
        "mlflow.user": _user(),
    }


def _user() -> str:
    try:
        return getpass.getuser()
    # Some containers run under a number that has no name.
    except (KeyError, OSError):
        return "unknown"


def _log_model(client: Any, record: Record, run_id: str, experiment: str) -> str:
    from mlflow.entities import LoggedModelOutput

    manifest = record.manifest
    tags = {"version": manifest.version, "digest": record.tags["digest"]}
    made = client.create_logged_model(experiment, manifest.name, run_id, tags, record.params, manifest.pickle.holds)
    model_id = str(made.model_id)
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / "model"
        save(record.sources.sealed, path, run_id, model_id)
        client.log_model_artifacts(model_id, str(path))
    client.finalize_logged_model(model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(model_id, step=0)])
    return model_id


def _log_values(client: Any, record: Record, run_id: str, model_id: str) -> None:
    from mlflow.entities import DatasetInput, InputTag, Metric, Param

    now = int(time.time() * 1000)
    params = [Param(name, value) for name, value in record.params.items()]
    metrics = [Metric(name, value, now, 0, model_id=model_id) for name, value in record.metrics.items()]
    for part in _parts(params, MOST_PARAMS):
        client.log_batch(run_id, params=part)
    for part in _parts(metrics, MOST_METRICS):
        client.log_batch(run_id, metrics=part)
    context = InputTag("mlflow.data.context", "training")
    client.log_inputs(run_id, [DatasetInput(dataset, [context]) for dataset in _datasets(record)])


def _parts(entries: Sequence[Any], most: int) -> list[Sequence[Any]]:
    return [entries[start : start + most] for start in range(0, len(entries), most)]


def _datasets(record: Record) -> list[Any]:
    from mlflow.entities import Dataset

    data, declared = record.manifest.trained.get("data", {}), record.sources.dataset
    if not data.get("sha256"):
        return []
    urls = declared.get("urls", ())
    kind, source = ("http", {"url": urls[0]}) if urls else ("local", {"uri": str(data.get("name"))})
    columns = model_signature(record.manifest).inputs.to_dict()
    schema = json.dumps({"mlflow_colspec": columns})
    profile = json.dumps({"num_rows": data.get("rows"), "sha256": data["sha256"]})
    short = data["sha256"][:LONGEST_DIGEST]
    return [Dataset(str(data.get("name")), short, kind, json.dumps(source), schema, profile)]


def _log_files(client: Any, record: Record, run_id: str) -> None:
    with TemporaryDirectory() as temporary:
        plots = Path(temporary)
        for report in record.sources.reports:
            client.log_artifact(run_id, str(report), "reports")
            if report.suffix == ".html":
                write_plots(report, plots)
        client.log_artifacts(run_id, str(plots), "plots")
