"""check_model: a sealed artifact is servable, or every reason why not is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.errors import UnknownModel
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.testing import NotConforming, check_model
from tests.making import INSTANCE, ROOT, edit_manifest, seal

GOLDEN = (Golden(dict(INSTANCE), (0.5, 0.5)),)


def test_the_committed_model_passes() -> None:
    """What is served conforms, derived features and all."""
    report = check_model("delay", str(ROOT / "models"))
    assert report.passed
    assert "explanations_add_up" in [result.check for result in report.results if result.outcome == "passed"]


def test_a_sealed_scorer_passes(tmp_path: Path) -> None:
    """A model without code of its own is checked by its manifest alone."""
    seal(tmp_path)
    assert "golden_predictions_come_out" in str(check_model("toy", str(tmp_path)))


def test_an_artifact_that_does_not_load_says_why(tmp_path: Path) -> None:
    """A broken artifact is one failed check with its cause as evidence."""
    seal(tmp_path)
    edit_manifest(tmp_path / "toy", pickle__sha256="0" * 64)
    with pytest.raises(NotConforming, match="it_loads: DigestMismatch"):
        check_model("toy", str(tmp_path))


def test_no_probability_at_an_edge_is_found(tmp_path: Path) -> None:
    """Golden instances may all be fine, and an edge still have no answer."""
    seal(tmp_path, scorer=AdditiveScorer(-0.5, (("age", {3: 0.5}, float("nan")),), ()), golden=GOLDEN)
    with pytest.raises(NotConforming) as caught:
        check_model("toy", str(tmp_path))
    (failed,) = caught.value.report.failed
    assert failed.check == "predictions_are_finite_and_probabilities"
    assert "'age': 0" in failed.evidence


def test_an_unknown_model_is_no_failed_check(tmp_path: Path) -> None:
    """There is nothing to check, and the error names what there is."""
    seal(tmp_path)
    with pytest.raises(UnknownModel, match="toy"):
        check_model("other", str(tmp_path))
