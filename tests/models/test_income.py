"""The income model as it is committed: what moves its answers, and what it takes."""

from __future__ import annotations

from typing import Any

import pytest

from challenge_neuralworks.model import Model
from challenge_neuralworks.models.income import EDUCATION, Income
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.store.folder import load_model
from challenge_neuralworks.testing import check_model
from tests.making import ROOT

PERSON: dict[str, Any] = {field.name: field.example for field in Income.fields}


@pytest.fixture(scope="module")
def income() -> Model:
    """Return the committed model, as a server loads it."""
    return load_model("income", str(ROOT / "models" / "income"))


def _rich(model: Model, **changes: Any) -> float:
    return model.predict(model.check([{**PERSON, **changes}]).rows[0])[1]


def test_it_conforms() -> None:
    """The whole suite, on what is served."""
    assert check_model("income", str(ROOT / "models")).passed


def test_what_is_known_of_1994_comes_out(income: Model) -> None:
    """Schooling, gains, and hours pay; the young and the unmarried have less."""
    assert _rich(income, education=EDUCATION[0]) < _rich(income) < _rich(income, education="Doctorate")
    assert _rich(income) < _rich(income, capital_gain=99_999)
    assert _rich(income, hours_per_week=20) < _rich(income) < _rich(income, hours_per_week=60)
    assert _rich(income, age=18) < _rich(income)
    assert _rich(income, marital_status="Never-married", relationship="Own-child") < _rich(income)


def test_what_is_not_known_may_be_left_open(income: Model) -> None:
    """Null where the census had none, a country of any name; nothing else may be missing."""
    for name in ("workclass", "occupation", "native_country"):
        assert 0 < _rich(income, **{name: None}) < 1
    assert _rich(income, native_country="Atlantis") == _rich(income, native_country="Zembla")
    faults = income.signature.faults({**PERSON, "age": None, "occupation": "Wizard"})
    assert {fault.pointer for fault in faults} == {"#/age", "#/occupation"}


def test_an_answer_is_explained(income: Model) -> None:
    """Each field has its part, and the parts add up."""
    scorer = income.artifact.scorer
    assert isinstance(scorer, ExplainedScorer)
    told = scorer.explainer.explain(Income.features(PERSON))
    assert told.base + sum(told.contributions.values()) == pytest.approx(told.score, abs=1e-9)


def test_the_manifest_holds_the_measured_quality(income: Model) -> None:
    """What was asked of the recipe: better than public solutions of the same split, equal to scikit-learn."""
    metrics, trained = income.artifact.manifest.metrics, income.artifact.manifest.trained
    assert metrics["random_split"]["auc"] >= 0.925
    assert metrics["random_split"]["accuracy"] >= 0.870
    assert metrics["random_split"]["f1"] >= 0.70
    assert "time_ordered_split" not in metrics
    assert metrics["export"]["max_difference"] <= 1e-12
    assert (trained["data"]["rows"], trained["seed"]) == (32_537, 42)


def test_the_card_is_of_this_model(income: Model) -> None:
    """Its version and its threshold."""
    card = (ROOT / "docs" / "models" / "income.md").read_text(encoding="utf-8")
    assert f"Version `{income.version}`" in card
    assert f"The label is 1 from a probability of {income.threshold:.3f} on" in card
