"""A rollback has callers reach what was good before, tried first."""

from __future__ import annotations

import pytest

from challenge_neuralworks.deploy.release.refusing import AwsError, Refused, SmokeFailed
from tests.deploy.release.asked import Asked
from tests.deploy.release.staging import Release, Stage
from tests.making import edit_manifest


def test_callers_return_to_the_previous_version(stage: Stage, old: Release, new: Release) -> None:
    """Its models are not those that are here: each has to be ready and to predict its own example."""
    stage.deploy(new.wanted())
    stage.said.clear()
    stage.roll_back(new.models_dir)
    version = old.wanted().manifests[0].version
    assert stage.said == [
        f"{stage.name}: live is version 2\n  live      -> version 1, all calls",
        f"smoke of version 1: toy {version} predicts its example",
        "live: version 1 gets all calls",
        f"smoke of live: toy {version} predicts its example",
    ]
    assert stage.live == ("1", {})
    assert stage.lock == "free"


def test_models_that_are_here_are_tried_with_their_golden_instances(stage: Stage, old: Release, new: Release) -> None:
    """Where the clone is that of the version that is gone back to."""
    stage.deploy(new.wanted())
    stage.said.clear()
    stage.roll_back(old.models_dir)
    assert stage.said[1].endswith("predicts its golden instances")


def test_a_second_rollback_has_nowhere_to_go(stage: Stage, new: Release) -> None:
    """What it left was bad: nothing goes back there by itself."""
    stage.deploy(new.wanted())
    stage.roll_back(new.models_dir)
    with pytest.raises(Refused, match="live is at version 1 already, the last that was good before: name another"):
        stage.roll_back(new.models_dir)
    stage.roll_back(new.models_dir, "2")
    assert stage.live == ("2", {})


def test_before_the_first_deploy_a_version_must_be_named(stage: Stage, old: Release) -> None:
    """There is no previous one."""
    with pytest.raises(Refused, match="nothing says what was live before: name a version with --to"):
        stage.roll_back(old.models_dir)


def test_a_canary_is_taken_away(stage: Stage, new: Release) -> None:
    """While live is weighted, what was live before is the version that has most of it."""
    stage.deploy(new.wanted())
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    stage.cloud.client("lambda").update_alias(
        FunctionName=stage.name, Name="live", FunctionVersion="1", RoutingConfig=weights
    )
    stage.roll_back(new.models_dir)
    assert stage.live == ("1", {})


def test_a_dry_run_changes_nothing(stage: Stage, new: Release) -> None:
    """It says where it would go."""
    stage.deploy(new.wanted())
    before = stage.cloud.everything(stage.name)
    stage.roll_back(new.models_dir, dry_run=True)
    assert stage.cloud.everything(stage.name) == before
    assert stage.said[-1].endswith("live      -> version 1, all calls")


def test_a_version_that_does_not_answer_is_not_gone_back_to(stage: Stage, old: Release, new: Release) -> None:
    """Live stays where it was."""
    stage.deploy(new.wanted())
    with pytest.raises(AwsError, match=f"GetFunction of {stage.name}:7: ResourceNotFoundException: .*; is it the"):
        stage.roll_back(new.models_dir, "7")
    assert stage.live == ("2", {})
    assert stage.lock == "free"


def test_a_rollback_that_fails_on_live_is_undone(stage: Stage, new: Release) -> None:
    """What callers have is what they had."""
    stage.deploy(new.wanted())
    seen: list[str] = []

    def fail(asked: Asked) -> None:
        if asked.kind == "POST invocations" and asked.query["Qualifier"] == "live":
            seen.append(stage.live[0])
            stage.cloud.rules(stage.name).pending["1"] = 1

    stage.cloud.before = fail
    with pytest.raises((SmokeFailed, AwsError)):
        stage.roll_back(new.models_dir)
    assert seen == ["1"]
    assert stage.live == ("2", {})
    assert stage.lock == "free"


def test_a_promise_that_is_not_kept_is_found(stage: Stage, aws: object, old: Release, new: Release) -> None:
    """Golden instances of the same version count in a rollback too."""
    stage.deploy(new.wanted())
    manifest = (old.models_dir / "toy" / "manifest.json").read_bytes()
    edit_manifest(
        old.models_dir / "toy",
        golden=[{"instance": old.wanted().manifests[0].golden[0].instance, "prediction": [0.5, 0.5]}],
    )
    try:
        with pytest.raises(SmokeFailed, match=r"golden instance 0 of toy: \[0.5, 0.5\] is promised"):
            stage.roll_back(old.models_dir)
    finally:
        (old.models_dir / "toy" / "manifest.json").write_bytes(manifest)
    assert stage.live == ("2", {})
