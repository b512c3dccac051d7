"""What a training is in MLflow's terms."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.errors import DataError
from challenge_neuralworks.registry.code_version import commit_tags
from challenge_neuralworks.registry.plots import write_plots
from challenge_neuralworks.registry.record import Sources, make_record
from challenge_neuralworks.training.evaluation import write_report
from tests.making import ROOT
from tests.registry.trainings import DATA, EVALUATION, MISSED, PASSED, training

PARAMS = {
    "recipe": "weights, added",
    "seed": "7",
    "threshold": "0.5",
    "holds": "scorer",
    "params.file": "toys.csv",
    "params.check_model": "--least random_split.auc=0.7",
    "candidate": "weights, added",
    "candidate.add__C": "0.5",
    "candidate.add__names": '["a", "b"]',
}
METRICS = {
    "random_split/auc": 0.75,
    "random_split/interval/auc_low": 0.7,
    "random_split/interval/auc_high": 0.8,
    "random_split/rows": 300,
    "random_split/fitted_rows": 700,
    "random_split/threshold": 0.5,
    "random_split/importance/auc_drop/weight _kg_": 0.125,
    "cross_validation/auc_mean": 0.5,
    "cross_validation/auc_sd": 0.25,
    "gates/passed": 2,
    "gates/missed": 0,
}


def test_parameters_and_metrics_are_what_was_stated_and_measured(tmp_path: Path) -> None:
    """Values that were not measured are left out, and names hold what MLflow takes."""
    record = training(tmp_path, "toy")
    assert record.params == PARAMS
    assert record.metrics == METRICS
    assert record.tags["data.sha256"] == DATA["sha256"]
    assert record.tags["digest"] == f"sha256:{record.manifest.pickle.sha256}"
    assert record.tags["package.scikit-learn"] == "1.9.1"
    assert record.tags["gates"] == "passed"
    assert "why" not in record.tags


@pytest.mark.parametrize("name", ["delay", "income"])
def test_the_committed_models_are_told_whole(name: str) -> None:
    """Each metric of their cards, with its interval."""
    manifest = read_manifest(str(ROOT / "models" / name))
    evaluation = json.loads((ROOT / "docs" / "models" / f"{name}.json").read_text(encoding="utf-8"))
    metrics = make_record(manifest, Sources(Path(), evaluation, {}, (), {}), PASSED).metrics
    for split in evaluation["splits"]:
        for metric, measured in split["metrics"].items():
            assert metrics[f"{split['name']}/{metric}"] == measured["value"]
            assert metrics[f"{split['name']}/interval/{metric}_low"] == measured["low"]


def test_trainings_that_came_to_the_same_have_one_key(tmp_path: Path) -> None:
    """Sealed at another time they are the same; another outcome, evaluation, statement or model is another."""
    record = training(tmp_path, "toy")
    sources, manifest = record.sources, record.manifest
    measured = {**EVALUATION, "cross_validation": None}
    others = [
        make_record(manifest, sources, MISSED),
        make_record(manifest, sources._replace(evaluation=measured), PASSED),
        make_record(manifest, sources._replace(stated={"search": "--fits 9"}), PASSED),
        training(tmp_path, "toy", bias=-0.25),
    ]
    later = make_record(manifest._replace(created="2031-01-01T00:00:00Z"), sources, PASSED)
    assert later.key == record.key
    assert len({record.key, *(other.key for other in others)}) == 5


def test_an_evaluation_of_another_model_is_refused(tmp_path: Path) -> None:
    """Its figures are not those that the manifest seals; the message names the first."""
    record = training(tmp_path, "toy")
    (split,) = EVALUATION["splits"]
    other = {"splits": [{**split, "metrics": {"auc": {"value": 0.76}}}]}
    with pytest.raises(
        DataError, match=r"is not of toy \w+: random_split\.auc is 0\.76, sealed is 0\.75; 'neuralworks"
    ):
        make_record(record.manifest, record.sources._replace(evaluation=other), PASSED)


def test_pictures_of_a_report_are_files_of_a_size(tmp_path: Path) -> None:
    """Each drawing of a real report, named after its heading; a browser draws one without a size 0 pixels wide."""
    evaluation = json.loads((ROOT / "docs" / "models" / "delay.json").read_text(encoding="utf-8"))
    write_report(evaluation, tmp_path)
    names = write_plots(tmp_path / "evaluation.html", tmp_path)
    kinds = ("reliability", "roc-curve", "precision-and-recall", "thresholds", "importance-of-fields")
    assert list(names) == [f"evaluation-{split['name']}-{kind}.svg" for split in evaluation["splits"] for kind in kinds]
    for name in names:
        svg = (tmp_path / name).read_text(encoding="utf-8")
        assert svg.startswith('<svg width="800" height="')
        assert svg.endswith("</svg>\n")


def test_the_commit_is_that_of_the_code() -> None:
    """Where the code is a clone; elsewhere nothing is said of it."""
    tags = commit_tags()
    if not (ROOT / ".git").exists():
        assert tags == {}
        return
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert tags["mlflow.source.git.commit"] == done.stdout.strip()
    assert tags["git.changed"] in ("yes", "no")
