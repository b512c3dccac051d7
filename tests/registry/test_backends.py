"""Runs, registered versions and aliases, the same in a file and in a team's server over PostgreSQL and S3.

Each test has a model of its own name in the one MLflow.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from challenge_neuralworks.artifact import load
from challenge_neuralworks.errors import DigestMismatch
from challenge_neuralworks.registry.connecting import RegistryUnavailable, current
from challenge_neuralworks.registry.models import NotRegistered, Registered, Registry, open_registry
from challenge_neuralworks.registry.record import Record
from challenge_neuralworks.registry.tracking import Tracked, track
from challenge_neuralworks.store.folder import load_model
from tests.making import INSTANCE
from tests.registry.backends import Backend
from tests.registry.trainings import DATA, MISSED, training


class Whole(NamedTuple):
    """A training that was tracked, and the folder that its model was sealed in."""

    folder: Path
    record: Record
    tracked: Tracked


@pytest.fixture(scope="module")
def whole(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Return a training that passed, tracked in each MLflow; tests change nothing of it."""
    folder = tmp_path_factory.mktemp("whole")
    record = training(folder, "whole")
    return Whole(folder / "whole", record, track(open_registry(backend.uri), record))


def _runs(registry: Registry, name: str) -> list[Any]:
    experiment = registry.client.get_experiment_by_name(name)
    return list(registry.client.search_runs([experiment.experiment_id], order_by=["start_time"]))


def test_a_training_is_a_run_with_all_that_is_known_of_it(registry: Registry, whole: Whole) -> None:
    """Parameters, metrics with intervals, versions, the data it was trained on."""
    record = whole.record
    run = registry.client.get_run(whole.tracked.run_id)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == record.manifest.version
    assert run.data.params == record.params
    assert run.data.metrics == record.metrics
    assert record.tags.items() <= run.data.tags.items()
    (read,) = run.inputs.dataset_inputs
    assert (read.dataset.name, read.dataset.digest) == ("toys", DATA["sha256"][:36])
    assert json.loads(read.dataset.profile) == {"num_rows": 1_000, "sha256": DATA["sha256"]}
    assert json.loads(read.dataset.source) == {"url": "https://example.org/toys.csv"}


def test_reports_pictures_and_the_model_are_kept_with_the_run(
    registry: Registry, backend: Backend, whole: Whole
) -> None:
    """The sealed pickle as it was sealed, and it is the candidate."""
    run_id, manifest = whole.tracked.run_id, whole.record.manifest
    listed = [entry.path for name in ("reports", "plots") for entry in registry.client.list_artifacts(run_id, name)]
    assert listed == ["reports/evaluation.html", "plots/evaluation-random_split-roc-curve.svg"]
    kept = backend.kept.read(f"data/whole/{manifest.pickle.file}")
    assert kept == (whole.folder / manifest.pickle.file).read_bytes()
    registered = Registered("whole", 1, manifest.version, manifest.pickle.sha256, run_id, ("candidate",))
    assert whole.tracked.registered == registered
    assert registry.alias("whole", "candidate") == registered


def test_the_same_training_is_tracked_once(registry: Registry, whole: Whole, tmp_path: Path) -> None:
    """Also where its model was trained and sealed anew."""
    again = track(registry, training(tmp_path, "whole"))
    assert again == whole.tracked._replace(is_new=False)
    assert [run.info.run_id for run in _runs(registry, "whole")] == [whole.tracked.run_id]


def test_a_training_that_missed_a_gate_is_kept_with_why(registry: Registry, tmp_path: Path) -> None:
    """As a run that failed, with its model, and no version; held to another gate it is another run, and a version.

    A run that is forced is one more, but of the same version.
    """
    missed = track(registry, training(tmp_path, "missed", MISSED))
    run = registry.client.get_run(missed.run_id)
    assert missed.registered is None
    assert registry.registered("missed") == ()
    assert (run.info.status, run.data.tags["gates"], run.data.tags["why"]) == ("FAILED", "missed", MISSED.missed[0])
    assert f"- **missed**: {MISSED.missed[0]}" in run.data.tags["mlflow.note.content"]
    assert run.data.metrics["gates/missed"] == 1
    (logged,) = run.outputs.model_outputs
    assert registry.client.get_logged_model(logged.model_id).tags["version"] == run.data.tags["version"]
    passed = track(registry, training(tmp_path, "missed"))
    assert passed.is_new
    assert passed.registered is not None
    assert registry.registered("missed") == (passed.registered,)
    forced = track(registry, training(tmp_path, "missed"), force=True)
    assert [run.info.run_id for run in _runs(registry, "missed")] == [missed.run_id, passed.run_id, forced.run_id]
    assert registry.registered("missed") == (passed.registered,)


def test_aliases_point_at_one_version_each(registry: Registry, tmp_path: Path) -> None:
    """The candidate is what was tracked last; production moves when it is told to, and tracking again moves nothing."""
    old, new = (training(tmp_path / str(bias), "moving", bias=bias) for bias in (-0.5, -0.25))
    track(registry, old)
    registry.set_alias("moving", "production", "candidate")
    track(registry, new)
    assert [str(one) for one in registry.registered("moving")] == [
        f"moving/1 {old.manifest.version} @production",
        f"moving/2 {new.manifest.version} @candidate",
    ]
    registry.set_alias("moving", "production", new.manifest.version)
    registry.set_alias("moving", "candidate", "1")
    track(registry, new)
    assert [one.aliases for one in registry.registered("moving")] == [("candidate",), ("production",)]
    for reference in ("production", "2", new.manifest.version):
        assert registry.find("moving", reference).number == 2
    assert "moving" in registry.names()


def test_what_is_not_there_is_named_with_what_is(registry: Registry, whole: Whole, tmp_path: Path) -> None:
    """A model, a version and an alias that nobody registered."""
    assert registry.alias("whole", "production") is None
    assert registry.registered("nobody") == ()
    assert registry.registered("no' or name='whole") == ()
    known = f"whole/1 {whole.record.manifest.version} @candidate"
    with pytest.raises(NotRegistered, match=f"no 'production' of model 'whole'; registered: {known}$"):
        registry.set_alias("whole", "shown", "production")
    with pytest.raises(NotRegistered, match="registered: none at all"):
        registry.fetch("nobody", "production", str(tmp_path))


def test_an_artifact_is_fetched_as_it_was_sealed(registry: Registry, whole: Whole, tmp_path: Path) -> None:
    """Byte for byte, into a folder of its version, which is not fetched again."""
    folder = Path(registry.fetch("whole", "candidate", str(tmp_path)))
    assert folder == tmp_path / "whole" / whole.record.manifest.version
    sealed = {path.name: path.read_bytes() for path in whole.folder.iterdir()}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == sealed
    assert load(str(folder)).manifest == whole.record.manifest
    before = (folder / "manifest.json").stat().st_ino
    assert registry.fetch("whole", "1", str(tmp_path)) == str(folder)
    assert (folder / "manifest.json").stat().st_ino == before


def test_a_replaced_artifact_is_refused(registry: Registry, backend: Backend, tmp_path: Path) -> None:
    """By its digest; where the manifest was replaced too, by the one that MLflow's tag holds. Nothing is left of it."""
    record = training(tmp_path, "replaced")
    track(registry, record)
    file = f"data/replaced/{record.manifest.pickle.file}"
    planted = backend.kept.read(file).replace(b"red", b"rad")
    backend.kept.replace(file, planted)
    with pytest.raises(DigestMismatch, match=f"seals SHA-256 {record.manifest.pickle.sha256}, the file has"):
        registry.fetch("replaced", "candidate", str(tmp_path / "into"))
    manifest = json.loads(backend.kept.read("data/replaced/manifest.json"))
    manifest["pickle"]["sha256"] = hashlib.sha256(planted).hexdigest()
    backend.kept.replace("data/replaced/manifest.json", json.dumps(manifest).encode())
    with pytest.raises(DigestMismatch, match=f"seals SHA-256 {record.manifest.pickle.sha256}, the file has"):
        registry.fetch("replaced", "candidate", str(tmp_path / "into"))
    assert list((tmp_path / "into" / "replaced").iterdir()) == []


def test_what_was_broken_off_is_tracked_again(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that could not be finished has failed and counts for nothing; nothing is printed on the way."""
    record = training(tmp_path, "broken")
    pickle = record.sources.sealed / record.manifest.pickle.file
    pickle.rename(tmp_path / "elsewhere.pkl")
    with pytest.raises(RegistryUnavailable, match=pickle.name):
        track(registry, record)
    assert [run.info.status for run in _runs(registry, "broken")] == ["FAILED"]
    assert registry.registered("broken") == ()
    (tmp_path / "elsewhere.pkl").rename(pickle)
    assert track(registry, record).is_new
    assert len(registry.registered("broken")) == 1
    assert capsys.readouterr().out == ""


def test_mlflow_loads_what_an_alias_points_at(backend: Backend, whole: Whole) -> None:
    """``models:/NAME@candidate`` in MLflow's own words answers as the sealed model does."""
    import mlflow.pyfunc

    with current(backend.uri):
        loaded = mlflow.pyfunc.load_model("models:/whole@candidate")
    (answer,) = loaded.predict(pd.DataFrame([INSTANCE])).to_dict("records")
    ours = load_model("whole", str(whole.folder)).predict(INSTANCE)
    assert (answer["probability_no"], answer["probability_yes"]) == ours
    assert loaded.metadata.flavors["challenge_neuralworks"]["version"] == whole.record.manifest.version
