"""Publishing writes nothing before the artifact has proven to load, and the same again changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from challenge_neuralworks.artifact import Golden, read_manifest
from challenge_neuralworks.artifact.seals import SealMissing
from challenge_neuralworks.errors import GoldenMismatch
from challenge_neuralworks.lifecycle.keys import new_seal_key, seal_keys_in
from challenge_neuralworks.lifecycle.publishing import Plan, carry_out, check, is_of, plan_publication
from challenge_neuralworks.lifecycle.refusing import Refused
from challenge_neuralworks.lifecycle.sides import Trust
from challenge_neuralworks.lifecycle.signing import sign
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store.errors import VersionExists
from challenge_neuralworks.store.versions import Versions
from tests.lifecycle.storing import evaluation, sealed
from tests.making import INSTANCE, ROOT, edit_manifest

METRICS = {"random_split": {"auc": 0.75}}


def planned(versions: Versions, source: Path, into: Path, *evaluations: Path, alias: str = "candidate") -> Plan:
    """Return the plan of publishing a toy."""
    into.mkdir(parents=True)
    return plan_publication(versions, "toy", source, evaluations, alias, into)


def files(versions: Versions, version: str) -> list[str]:
    """Return the files of a version in the store."""
    return [key.rpartition("/")[2] for key in versions.objects.keys(f"toy/{version}/")]


def test_the_plan_lists_what_will_be_written_and_writes_nothing(tmp_path: Path, versions: Versions) -> None:
    """Each file with its size and where it comes from; the alias with where it is."""
    manifest = sealed(tmp_path, metrics=METRICS)
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(evaluation()))
    plan = planned(versions, tmp_path / "toy", tmp_path / "plan" / "toy", tmp_path / "none.json", path)
    sizes = {file.name: file.stat().st_size for file in (tmp_path / "toy").iterdir()}
    assert {part.file: (part.bytes, part.origin) for part in plan.parts} == {
        **{name: (size, str(tmp_path / "toy")) for name, size in sizes.items()},
        "evaluation.json": (path.stat().st_size, str(path)),
    }
    assert (plan.is_there, plan.alias, plan.before, plan.moves) == (False, "candidate", None, True)
    assert versions.objects.keys("") == ()
    assert plan.manifest.version == manifest.version


def test_publishing_twice_is_publishing_once(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """The version and the alias stay as they are, and no second move is on record."""
    manifest = sealed(tmp_path, metrics=METRICS)
    for name in ("one", "two"):
        plan = planned(versions, tmp_path / "toy", tmp_path / name / "toy")
        assert check(plan, trust).endswith("1 golden instances come out")
        pointer = carry_out(versions, plan, "tester", "published")
        assert pointer is not None
        assert (pointer.version, pointer.serial) == (manifest.version, 1)
    assert (plan.is_there, plan.moves) == (True, False)


def test_what_does_not_load_is_not_published(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """The check comes first: the store is as it was."""
    sealed(tmp_path, golden=(Golden(dict(INSTANCE), (0.5, 0.5)),))
    plan = planned(versions, tmp_path / "toy", tmp_path / "plan" / "toy")
    with pytest.raises(GoldenMismatch):
        check(plan, trust)
    assert versions.objects.keys("") == ()


def test_another_model_is_not_published_under_this_name(tmp_path: Path, versions: Versions) -> None:
    """The message names the folder's own model."""
    sealed(tmp_path)
    (tmp_path / "plan").mkdir()
    with pytest.raises(Refused, match="holds the model 'toy'"):
        plan_publication(versions, "delay", tmp_path / "toy", (), "", tmp_path / "plan")


def test_a_version_is_never_rewritten(tmp_path: Path, versions: Versions) -> None:
    """The same version with other bytes, its date for one: what is there stays."""
    manifest = sealed(tmp_path)
    carry_out(versions, planned(versions, tmp_path / "toy", tmp_path / "one" / "toy"), "tester", "")
    edit_manifest(tmp_path / "toy", created="2001-01-01T00:00:00Z")
    with pytest.raises(VersionExists, match="what is there stays"):
        carry_out(versions, planned(versions, tmp_path / "toy", tmp_path / "two" / "toy"), "tester", "")
    assert versions.manifest("toy", manifest.version).created == manifest.created


def test_the_evaluation_goes_along_only_where_it_is_of_that_version(tmp_path: Path, versions: Versions) -> None:
    """Another training's figures beside a version would open a gate to what nobody measured."""
    manifest = sealed(tmp_path, metrics=METRICS)
    assert is_of(evaluation(0.75), manifest)
    assert is_of(evaluation(0.7500004), manifest), "manifests state six digits"
    assert not is_of(evaluation(0.750001), manifest)
    assert not is_of({**evaluation(), "model": "other"}, manifest)
    assert not is_of({**evaluation(), "splits": []}, manifest)
    assert not is_of(evaluation(), manifest._replace(metrics={}))
    assert not is_of(None, manifest)
    other, broken = tmp_path / "other.json", tmp_path / "broken.json"
    other.write_text(json.dumps(evaluation(0.8)))
    broken.write_text("{")
    plan = planned(versions, tmp_path / "toy", tmp_path / "plan" / "toy", other, broken)
    assert "evaluation.json" not in [part.file for part in plan.parts]


@pytest.mark.parametrize("name", ["delay", "income"])
def test_the_models_of_this_project_have_their_evaluation(name: str) -> None:
    """docs/models/NAME.json is that of models/NAME."""
    assert is_of(json.loads((ROOT / "docs" / "models" / f"{name}.json").read_bytes()), read_manifest(f"models/{name}"))


def test_a_seal_is_made_before_the_check_and_kept_the_second_time(tmp_path: Path, versions: Versions) -> None:
    """Two signatures of the same bytes differ: the store's stays, so publishing again is a no-op."""
    key = tmp_path / "seal.pem"
    trust = Trust(Settings(public_keys=seal_keys_in(new_seal_key(key)), unsigned="refuse"), lambda sentence: None)
    manifest = sealed(tmp_path)
    plan = planned(versions, tmp_path / "toy", tmp_path / "plan" / "toy")
    with pytest.raises(SealMissing):
        check(plan, trust)
    kept = []
    for name in ("one", "two"):
        plan = planned(versions, tmp_path / "toy", tmp_path / name / "toy")
        sign(plan.folder, key)
        check(plan, trust)
        carry_out(versions, plan, "tester", "")
        kept.append(versions.file("toy", manifest.version, "seal.json"))
    assert kept[0] is not None
    assert kept[0] == kept[1]
    assert files(versions, manifest.version) == ["manifest.json", "seal.json", manifest.pickle.file]


def test_what_a_killed_publisher_left_is_finished_with_its_own_seal(tmp_path: Path, versions: Versions) -> None:
    """The seal was written before the manifest; a new one would be another's bytes under the same name."""
    key = tmp_path / "seal.pem"
    new_seal_key(key)
    manifest = sealed(tmp_path)
    plan = planned(versions, tmp_path / "toy", tmp_path / "one" / "toy")
    sign(plan.folder, key)
    seal = (plan.folder / "seal.json").read_bytes()
    versions.objects.create(f"toy/{manifest.version}/seal.json", seal)
    plan = planned(versions, tmp_path / "toy", tmp_path / "two" / "toy")
    sign(plan.folder, key)
    carry_out(versions, plan, "tester", "")
    assert versions.file("toy", manifest.version, "seal.json") == seal
    assert versions.manifest("toy", manifest.version).version == manifest.version
