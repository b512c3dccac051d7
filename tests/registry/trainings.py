"""Small trainings to track: a sealed toy model, what was measured of it, and what came of its gates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from challenge_neuralworks.artifact import Golden, read_manifest
from challenge_neuralworks.registry.record import Outcome, Record, Sources, make_record
from challenge_neuralworks.scorers.additive import AdditiveScorer
from tests.making import INSTANCE, TOY_SCORER, seal

PASSED = Outcome(("conforms: 11 checks", "random_split.auc is 0.75, 0.7 at least"), ())
MISSED = Outcome(("conforms: 11 checks",), ("random_split.auc is 0.75, 0.8 at least",))

DATA: dict[str, Any] = {"name": "toys", "sha256": "ab" * 32, "rows": 1_000}
TRAINED = {
    "data": DATA,
    "seed": 7,
    "recipe": "weights, added",
    "code_version": "0.1.0",
    "packages": {"scikit-learn": "1.9.1"},
}
EVALUATION: dict[str, Any] = {
    "splits": [
        {
            "name": "random_split",
            "rows": 300,
            "fitted_rows": 700,
            "threshold": 0.5,
            "metrics": {"auc": {"value": 0.75, "low": 0.7, "high": 0.8}, "f1": {"value": None, "low": None}},
            "importance": [{"field": "weight (kg)", "auc_drop": 0.125, "sd": 0.5}],
        }
    ],
    "cross_validation": {"folds": 5, "metrics": {"auc": {"mean": 0.5, "sd": 0.25}}},
    "candidates": [
        {"name": "the rate alone", "params": {}, "chosen": False},
        {"name": "weights, added", "params": {"add__C": 0.5, "add__names": ["a", "b"]}, "chosen": True},
    ],
}
STATED = {"file": "toys.csv", "check_model": "--least  random_split.auc=0.7\n"}
DATASET = {"urls": ("https://example.org/toys.csv",), "rows": 1_000}
PICTURE = """<h2>random_split: ROC curve</h2>
<figure>
<div role="img" aria-label="The curve."><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 432 259.2">
<path d="M 0 0 L 9 9"/></svg></div>
"""


def sealed_toy(folder: Path, name: str, bias: float = -0.5) -> Path:
    """Seal a toy model under a folder and return its own; another bias is another version."""
    scorer = AdditiveScorer(bias, TOY_SCORER.lookups, TOY_SCORER.numbers)
    golden = (Golden(dict(INSTANCE), scorer.predict(INSTANCE)),)
    metrics = {"random_split": {"auc": 0.75, "f1": None}}
    seal(folder, name, scorer, trained=TRAINED, metrics=metrics, golden=golden)
    # What may lie beside an artifact goes where it goes.
    (folder / name / "evaluation.json").write_text("{}", encoding="utf-8")
    return folder / name


def training(folder: Path, name: str, outcome: Outcome = PASSED, bias: float = -0.5) -> Record:
    """Return the record of a toy model's training, with a report beside it."""
    sealed = sealed_toy(folder, name, bias)
    report = folder / "evaluation.html"
    report.write_text(PICTURE, encoding="utf-8")
    sources = Sources(sealed, EVALUATION, STATED, (report,), DATASET)
    return make_record(read_manifest(str(sealed)), sources, outcome)
