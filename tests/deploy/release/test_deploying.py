"""A deploy ends with callers on a version that answers as promised, or where they were."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.deploy.release.code import Zip
from challenge_neuralworks.deploy.release.refusing import OutOfBounds, Refused, ReleaseError, SmokeFailed
from challenge_neuralworks.deploy.release.smoke import read_manifests
from challenge_neuralworks.deploy.release.watching import Bounds
from tests.deploy.release.asked import WRITES, Asked
from tests.deploy.release.cloud import Cloud
from tests.deploy.release.staging import Release, Stage, release
from tests.making import INSTANCE, ROOT, edit_manifest

PROMISED = "1 golden instances as promised"


def writes(cloud: Cloud) -> list[str]:
    """Return what was changed, in order, but for the lock."""
    return [f"{asked.kind} {asked.name}".strip() for asked in cloud.asked if asked.kind in WRITES and not lock(asked)]


def lock(asked: Asked) -> bool:
    """Return whether a request is about the lock."""
    return asked.name == "deploying" or (asked.kind == "POST aliases" and asked.json["Name"] == "deploying")


def test_callers_reach_the_new_version(stage: Stage, old: Release, new: Release) -> None:
    """Plan, version, smoke, comparison, shift, smoke, in this order; what was live is kept as previous."""
    stage.deploy(new.wanted())
    (manifest,) = new.wanted().manifests
    assert stage.said[:5] == [
        f"{stage.name}: live is version 1",
        f"  code      {old.digest}\n         -> {new.digest}",
        "  live      version 1 -> a new version, all calls at once",
        f"version 2 is ready: {new.digest}",
        f"smoke of version 2: toy {manifest.version}: {PROMISED}",
    ]
    assert stage.said[5].startswith("beside version 1: toy: ")
    assert stage.said[6:] == [
        "live: version 2 gets all calls",
        f"smoke of live: toy {manifest.version}: {PROMISED}",
    ]
    assert stage.live == ("2", {})
    assert stage.cloud.alias(stage.name, "previous")[:2] == ("1", {})
    assert stage.lock == "free"
    assert writes(stage.cloud) == ["PUT code", "POST versions", "POST aliases", "PUT aliases live"]


def test_a_description_of_live_is_left_as_it_is(stage: Stage, new: Release) -> None:
    """It is Terraform's."""
    stage.deploy(new.wanted())
    assert stage.cloud.alias(stage.name)[2] == "What callers reach"


def test_code_that_is_live_is_only_tried(stage: Stage, old: Release) -> None:
    """The second deploy of a digest changes nothing, and still proves that it answers."""
    stage.deploy(old.wanted(canary=0.1))
    assert writes(stage.cloud) == []
    assert stage.said[1] == f"  code      {old.digest}: no change"
    assert stage.said[-1].endswith(PROMISED)
    assert stage.lock == "free"


def test_settings_of_terraform_go_live_with_the_same_code(stage: Stage, old: Release) -> None:
    """Memory that was changed on $LATEST reaches callers by a deploy, although the digest is live already."""
    functions = stage.cloud.client("lambda")
    functions.update_function_configuration(
        FunctionName=stage.name, MemorySize=512, Environment={"Variables": {"TOKEN": "hush"}}
    )
    stage.deploy(old.wanted())
    assert "  setting   MemorySize: 128 -> 512" in stage.said
    assert "  setting   Environment changes" in stage.said
    assert stage.live == ("2", {})
    assert functions.get_function_configuration(FunctionName=stage.name, Qualifier="live")["MemorySize"] == 512
    assert "PUT code" not in writes(stage.cloud)


def test_a_difference_that_is_none_to_aws_ends_on_the_live_version(stage: Stage, old: Release) -> None:
    """Where AWS words a setting of $LATEST otherwise and publishes nothing new, nothing is shifted onto itself."""
    stage.cloud.rules(stage.name).drift = {"LoggingConfig": {"LogFormat": "Text"}}
    stage.deploy(old.wanted(canary=0.1))
    assert "version 1 is live already" in stage.said
    assert "PUT aliases live" not in writes(stage.cloud)
    assert stage.live == ("1", {})


def test_a_dry_run_changes_nothing(stage: Stage, new: Release) -> None:
    """All that AWS holds of the function is as before, lock included."""
    before = stage.cloud.everything(stage.name)
    stage.deploy(new.wanted(canary=0.1), dry_run=True)
    assert stage.cloud.everything(stage.name) == before
    assert {asked.method for asked in stage.cloud.asked} == {"GET"}
    assert stage.said[-1] == "  live      version 1 -> a new version, 10 % of the calls first, then all"


def test_a_broken_promise_leaves_live_alone(stage: Stage, new: Release, tmp_path: Path) -> None:
    """A golden instance that comes out otherwise stops the deploy before any caller meets the version."""
    (manifest,) = new.wanted().manifests
    broken = manifest._replace(golden=(manifest.golden[0]._replace(prediction=(0.25, 0.75)),))
    with pytest.raises(SmokeFailed, match=r"golden instance 0 of toy: \[0.25, 0.75\] is promised, \["):
        stage.deploy(new.wanted(manifests=(broken,)))
    assert stage.live == ("1", {})
    assert "PUT aliases live" not in writes(stage.cloud)
    assert stage.lock == "free"


def test_an_image_of_other_models_is_refused(stage: Stage, old: Release, new: Release) -> None:
    """The versions served must be those of the manifests here: an image built from another commit is none of them."""
    served, here = new.wanted().manifests[0].version, old.wanted().manifests[0].version
    with pytest.raises(SmokeFailed, match=f"serves toy {served}, but models/ here holds toy {here}"):
        stage.deploy(new.wanted(manifests=old.wanted().manifests))
    assert stage.live == ("1", {})


def test_a_model_that_is_down_stops_the_deploy(stage: Stage, aws: Cloud, tmp_path: Path) -> None:
    """An artifact that fails its checks in the function is found by the smoke."""
    bad = release(aws, tmp_path, 0.0)
    wanted = bad.wanted()
    edit_manifest(tmp_path / "toy", pickle__sha256="0" * 64)
    with pytest.raises(SmokeFailed, match=f"{stage.name}:2: not every model is ready: toy is down"):
        stage.deploy(wanted)
    assert stage.live == ("1", {})


def _careless(event: Any, sound: Callable[[Any], Any]) -> Any:
    """Predict for anything at all."""
    return sound({**event, "instances": [dict(INSTANCE)]} if "instances" in event else event)


def _raising(event: Any, sound: Callable[[Any], Any]) -> Any:
    raise MemoryError("out of it")


def _degraded(event: Any, sound: Callable[[Any], Any]) -> Any:
    """Answer for another version than the one that is ready."""
    told = sound(event)
    return {**told, "version": "another"} if "predictions" in told else told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_careless, r":2: toy takes a list as colour: \{"),
        (_raising, r':2: raises \{"errorMessage": "out of it", "errorType": "MemoryError"\}'),
        (_degraded, r":2: toy answers as another, not as [0-9a-f]{12}"),
        (lambda event, sound: [], r":2: GET /health is answered \[\]"),
        (lambda event, sound: {"statusCode": 200, "body": "{}"}, r":2: /health names no model"),
        (lambda event, sound: sound(event) if "path" in event else {"code": "x"}, r":2: toy does not predict: "),
    ],
)
def test_a_version_that_answers_otherwise_meets_no_caller(
    stage: Stage, aws: Cloud, tmp_path: Path, change: Callable[[Any, Any], Any], said: str
) -> None:
    """Each thing that the smoke looks at is looked at."""
    bad = release(aws, tmp_path, 0.0)
    aws.serve(bad.digest, change)
    with pytest.raises(SmokeFailed, match=said):
        stage.deploy(bad.wanted())
    assert stage.live == ("1", {})


def test_a_live_version_that_does_not_answer_cannot_be_compared(
    stages: Callable[[], Stage], aws: Cloud, old: Release, new: Release, tmp_path: Path
) -> None:
    """A broken stage is mended by a deploy; only where a bound was asked for, it cannot be kept."""
    broken = release(aws, tmp_path, 1.0)
    aws.serve(broken.digest, _raising)
    stage = Stage(aws, broken)
    with pytest.raises(OutOfBounds, match="the live version cannot be compared, so no bound can be kept"):
        stage.deploy(new.wanted(most_disagreement=0.5))
    stage.deploy(new.wanted())
    assert any(line.startswith("beside version 1: not compared: ") for line in stage.said)
    assert stage.live == ("2", {})


def test_models_that_live_does_not_know_cannot_be_compared(stage: Stage, aws: Cloud, tmp_path: Path) -> None:
    """A bound is never kept by there being nothing to compare."""
    other = release(aws, tmp_path, 0.0, "newcomer")
    with pytest.raises(OutOfBounds, match=f"no bound can be kept: {stage.name}:1 serves none of these models"):
        stage.deploy(other.wanted(most_disagreement=0.5))
    stage.deploy(other.wanted())
    assert stage.live == ("2", {})


def test_a_canary_gets_its_share_first(stage: Stage, new: Release) -> None:
    """Live is weighted while CloudWatch is watched, and no longer than that."""
    seen: list[object] = []
    stage.cloud.after = lambda asked: seen.append(stage.live) if asked.kind == "POST metrics" else None
    stage.deploy(new.wanted(canary=0.1))
    assert seen == [("1", {"2": 0.1})]
    assert stage.live == ("2", {})


@pytest.mark.parametrize(
    ("values", "bounds", "said"),
    [
        ({"Invocations": 100, "Errors": 2}, Bounds(), "errors are more than 1.00% of the invocations"),
        ({"Invocations": 100, "Throttles": 1}, Bounds(), "calls were throttled"),
        ({"Invocations": 100, "Duration": 8_001}, Bounds(), "p99 is over 8000 ms"),
        ({"Invocations": 100, "Duration": 60}, Bounds(p99_ms=50), "p99 is over 50 ms"),
    ],
)
def test_a_canary_that_fails_is_taken_back(
    stage: Stage, new: Release, values: dict[str, float], bounds: Bounds, said: str
) -> None:
    """Errors, throttles and slowness of the new version end the deploy, and live is what it was."""

    def fail(asked: Asked) -> None:
        if asked.kind == "PUT aliases" and asked.name == "live" and stage.live[1]:
            stage.cloud.after = lambda asked: None
            # Whatever the time is: the next minute may be so near that it cannot be told from this one.
            stage.cloud.measure(stage.name, "2", 1, **values)
            stage.cloud.measure(stage.name, "2", 2, **values)

    stage.cloud.after = fail
    with pytest.raises(OutOfBounds, match=said):
        stage.deploy(new.wanted(canary=0.1, bounds=bounds, watch_s=5.0))
    assert stage.live == ("1", {})
    assert stage.said[-1] == "live is back at version 1"
    assert stage.cloud.alias(stage.name, "previous") == ("", {}, "")
    assert stage.lock == "free"


def test_a_canary_within_its_bounds_goes_on(stage: Stage, new: Release) -> None:
    """One error in a hundred is allowed, and throttles of the minute before the shift are none of its doing."""

    def measure(asked: Asked) -> None:
        if asked.kind == "PUT aliases" and asked.name == "live" and stage.live[1]:
            stage.cloud.after = lambda asked: None
            stage.cloud.measure(stage.name, "2", Invocations=100, Errors=1, Duration=12, Throttles=3)

    stage.cloud.after = measure
    stage.deploy(new.wanted(canary=0.1))
    assert "watch: 100 invocations, 1 errors, 0 throttles, p99 12 ms" in stage.said
    assert stage.live == ("2", {})


def test_disagreement_over_its_bound_ends_the_deploy(stage: Stage, aws: Cloud, tmp_path: Path) -> None:
    """Versions are compared before any caller meets the new one; without a bound the difference is only told."""
    other = release(aws, tmp_path, 2.0)
    with pytest.raises(OutOfBounds, match=r"toy: \d+\.\d+% of the labels differ, .* at most 1.00% may"):
        stage.deploy(other.wanted(most_disagreement=0.01))
    assert stage.live == ("1", {})
    stage.deploy(other.wanted())
    assert stage.live == ("2", {})


def test_weights_need_an_alias_without_provisioned_concurrency(stage: Stage, new: Release) -> None:
    """AWS excludes the two; it is said before anything is changed, with what can be done."""
    stage.cloud.rules(stage.name).provisioned = True
    with pytest.raises(Refused, match="leave out --canary, or set provisioned_concurrency to 0"):
        stage.deploy(new.wanted(canary=0.1))
    assert writes(stage.cloud) == []
    stage.deploy(new.wanted())
    assert stage.live == ("2", {})


def test_weights_left_by_a_dead_deploy_are_taken_away_first(stage: Stage, old: Release, new: Release) -> None:
    """Even where there is nothing else to do."""
    stage.deploy(new.wanted())
    functions = stage.cloud.client("lambda")
    weights = {"AdditionalVersionWeights": {"1": 0.5}}
    functions.update_alias(FunctionName=stage.name, Name="live", RoutingConfig=weights, FunctionVersion="2")
    stage.said.clear()
    stage.deploy(new.wanted())
    assert stage.said[0] == f"{stage.name}: live is version 2 (50 %) and version 1 (50 %)"
    assert stage.live == ("2", {})


def test_what_changed_before_the_lock_was_taken_is_planned_anew(
    stage: Stage, aws: Cloud, new: Release, tmp_path: Path
) -> None:
    """A plan is made of what is there when the lock is held, and says so where that is another."""
    other = release(aws, tmp_path, 0.25)

    def overtake(asked: Asked) -> None:
        if asked.name == "deploying":
            stage.cloud.before = lambda asked: None
            moved = Stage.__new__(Stage)
            moved.__dict__ = {**stage.__dict__, "said": []}
            moved.deploy(other.wanted())

    stage.cloud.before = overtake
    stage.deploy(new.wanted())
    at = stage.said.index("changed before the lock was taken; the plan is now:")
    assert stage.said[at + 1] == f"{stage.name}: live is version 2"
    assert stage.live == ("3", {})
    assert stage.cloud.alias(stage.name, "previous")[0] == "2"


@pytest.mark.parametrize("kind", ["PUT code", "POST versions"])
def test_a_function_that_changes_meanwhile_is_not_published(stage: Stage, new: Release, kind: str) -> None:
    """What is changed and published is what was looked at: its revision and SHA-256 are named."""

    def meddle(asked: Asked) -> None:
        if asked.kind == kind:
            stage.cloud.rules(stage.name).revision += 1

    stage.cloud.before = meddle
    with pytest.raises(Refused, match="was changed meanwhile, by Terraform or by hand: deploy again"):
        stage.deploy(new.wanted())
    assert stage.live == ("1", {})


def test_live_moved_by_others_is_left_to_them(stage: Stage, new: Release) -> None:
    """The alias is only moved from where it was seen, and not put back from where somebody else put it."""

    def meddle(asked: Asked) -> None:
        if asked.kind == "PUT aliases" and asked.name == "live":
            stage.cloud.before = lambda asked: None
            weights = {"AdditionalVersionWeights": {"2": 0.75}}
            stage.cloud.client("lambda").update_alias(
                FunctionName=stage.name, Name="live", FunctionVersion="1", RoutingConfig=weights
            )

    stage.cloud.before = meddle
    with pytest.raises(Refused, match="live was moved meanwhile by something that holds no lock"):
        stage.deploy(new.wanted())
    assert stage.live == ("1", {"2": 0.75})
    assert stage.said[-1].startswith("live is version 1 (25 %) and version 2 (75 %), which this deploy did not make")


def test_the_kind_of_package_is_checked(stage: Stage, old: Release) -> None:
    """A zip file cannot go into a function made of an image; the option that can is named."""
    with pytest.raises(Refused, match=f"{stage.name} is made of an image: give --image REPOSITORY@sha256"):
        stage.deploy(old.wanted(code=Zip(b"")))


def test_a_function_without_live_is_no_stage(stage: Stage, new: Release) -> None:
    """The alias is Terraform's to make."""
    stage.name += "-typo"
    with pytest.raises(Refused, match="typo has no alias live, or is not there: apply infra/ first"):
        stage.deploy(new.wanted())


def test_a_version_that_sleeps_is_woken(stage: Stage, old: Release) -> None:
    """After weeks without a call AWS lets a version sleep; its first call fails, and a rollback waits that out."""
    stage.cloud.rules(stage.name).state = "Inactive"
    stage.roll_back(old.models_dir, "1")
    assert stage.live == ("1", {})


def test_a_zip_file_is_deployed_by_its_sha256(stages: Callable[[], Stage], aws: Cloud, new: Release) -> None:
    """The same file twice is one version; another file is another."""

    def packed(content: str) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(zipfile.ZipInfo("h.py"), content)
        return file.getvalue()

    stage = stages()
    stage.name += "-zip"
    for content in ("old", "new"):
        aws.hold(base64.b64encode(hashlib.sha256(packed(content)).digest()).decode(), new.models_dir)
    aws.create(stage.name, "", {"ZipFile": packed("old")})
    manifests = read_manifests(str(new.models_dir))
    for content, version in (("old", "1"), ("new", "2"), ("new", "2")):
        stage.deploy(new.wanted(code=Zip(packed(content)), manifests=manifests))
        assert stage.live == (version, {})


def test_an_update_that_never_ends_is_given_up(stage: Stage, new: Release) -> None:
    """Waiting has an end, and live is where it was."""
    stage.cloud.after = lambda asked: setattr(stage.cloud.rules(stage.name), "updating", 9)
    from challenge_neuralworks.deploy.release.calling import Pace

    with pytest.raises(ReleaseError, match=r"\$LATEST is not ready after 0.05 s; see --timeout"):
        stage.deploy(new.wanted(), pace=Pace(60.0, 0.01, 0.05))
    assert stage.live == ("1", {})
    assert stage.lock == "free"


def test_the_docs_show_what_a_deploy_says(stage: Stage, old: Release, new: Release) -> None:
    """docs/deploying.md: line by line, but for names, digests and figures."""

    def measure(asked: Asked) -> None:
        if asked.kind == "PUT aliases" and asked.name == "live" and stage.live[1]:
            stage.cloud.after = lambda asked: None
            stage.cloud.measure(stage.name, "2", Invocations=100, Errors=1, Duration=12)

    stage.cloud.after = measure
    stage.deploy(new.wanted(canary=0.1))
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    shown = shown.replace("sha256:0b5c...", old.digest).replace("sha256:1f2e...", new.digest)
    said = "\n".join(stage.said).replace(stage.name, "challenge-neuralworks-dev")
    varying = re.compile(r"toy [0-9a-f]{12}|\d+\.\d+%|at most [\d.]+")
    assert varying.sub("...", said).splitlines() == varying.sub("...", shown).splitlines()
