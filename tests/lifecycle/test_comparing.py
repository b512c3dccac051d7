"""Two versions side by side: what changed is there, and what did not is not called a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge_neuralworks.lifecycle.acting import actor
from challenge_neuralworks.lifecycle.comparing import fact_lines, metric_lines, predictions, signature_lines
from challenge_neuralworks.signature import Signature
from challenge_neuralworks.store.folder import load_model
from tests.lifecycle.storing import MANY, scorer, sealed
from tests.making import INSTANCE, TOY


def test_rows_that_change_most_come_first_and_flips_before_all(tmp_path: Path) -> None:
    """Differences and labels are those of the two scorers."""
    for name, base in (("a", -0.5), ("b", -1.5)):
        sealed(tmp_path / name, base)
    before, after = (load_model("toy", str(tmp_path / name / "toy")) for name in "ab")
    found = predictions(before, after, [*MANY, {"colour": "blue"}], 100)
    assert found is not None
    pairs = [(scorer(-0.5).predict(row), scorer(-1.5).predict(row)) for row in MANY]
    apart = [abs(ours[1] - theirs[1]) for ours, theirs in pairs]
    flips = [(ours[1] >= 0.5) != (theirs[1] >= 0.5) for ours, theirs in pairs]
    assert (found.rows, found.flips, found.refused) == (len(MANY), sum(flips), (1, 1))
    assert found.mean == pytest.approx(sum(apart) / len(apart))
    assert [one.flips for one in found.changed] == sorted(flips, reverse=True)
    flipped = [one.difference for one in found.changed if one.flips]
    assert flipped == sorted(flipped, reverse=True)
    assert {one.labels for one in found.changed if one.flips} == {("yes", "no")}
    assert len((predictions(before, after, MANY, 3) or found).changed) == 3
    same = predictions(before, before, MANY, 10)
    assert same is not None
    assert (same.rows, same.flips, same.changed) == (len(MANY), 0, ())


def test_predictions_of_other_classes_are_not_compared(tmp_path: Path) -> None:
    """Their places mean something else."""
    sealed(tmp_path / "a")
    sealed(tmp_path / "b", classes=("yes", "no"))
    before, after = (load_model("toy", str(tmp_path / name / "toy")) for name in "ab")
    assert predictions(before, after, [INSTANCE], 1) is None


def test_metrics_and_facts_of_either_version_are_listed(tmp_path: Path) -> None:
    """One that only one version has is there with nothing on the other side."""
    packages = {"packages": {"scikit-learn": "1.9"}, "data": {"sha256": "ab"}}
    before = sealed(tmp_path / "a", metrics={"random_split": {"auc": 0.7}}, trained=packages)
    after = sealed(tmp_path / "b", -0.4, metrics={"random_split": {"auc": 0.8, "f1": 0.5}}, threshold=0.4)
    assert list(metric_lines(before, after)) == [("random_split.auc", 0.7, 0.8), ("random_split.f1", None, 0.5)]
    facts = {name: (ours, theirs) for name, ours, theirs in fact_lines(before, after)}
    assert facts["package scikit-learn"] == ("1.9", None)
    assert facts["data.sha256"] == ("ab", None)
    assert facts["threshold"] == (0.5, 0.4)
    assert facts["pickle bytes"] == (before.pickle.bytes, after.pickle.bytes)


def test_signatures_are_compared_attribute_by_attribute() -> None:
    """Categories by what came and went."""
    colour, place, age, weight = TOY.fields
    after = Signature(
        (
            colour._replace(categories=("red", "blue")),
            age._replace(maximum=10, unit="month"),
            weight._replace(name="mass"),
        )
    )
    assert list(signature_lines(TOY, after)) == [
        "colour.categories: -'dark green', -'Málaga', +'blue'",
        "place: gone",
        "age.unit: 'year' -> 'month'",
        "age.maximum: 9 -> 10",
        "weight: gone",
        "mass: new",
    ]
    assert list(signature_lines(TOY, TOY)) == []
    turned = Signature((colour._replace(categories=colour.categories[::-1]), place, age, weight))
    assert list(signature_lines(TOY, turned)) == ["colour.categories: in another order"]


def test_a_workflow_acts_under_its_own_name() -> None:
    """Elsewhere it is a user and a host."""
    environ = {"GITHUB_RUN_ID": "42", "GITHUB_ACTOR": "ada", "GITHUB_REPOSITORY": "us/models"}
    assert actor(environ) == "ada in run 42 of us/models"
    assert actor({"GITHUB_RUN_ID": "42"}) == "GitHub in run 42"
    user, _, host = actor({}).partition("@")
    assert user
    assert host
