"""?explain=true: what each field adds, in sums that hold."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.explaining import ExplainedScorer, Explainer, Explanation
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.inference import MAX_EXPLAINED
from challenge_neuralworks.settings import Settings
from tests.making import INSTANCE, ROOT, TOY_SCORER, Context, drawn, rest_event, seal

EXPLAIN = {"queryStringParameters": {"explain": "true"}}
EXPLAINED = ExplainedScorer(TOY_SCORER, AdditiveExplainer(TOY_SCORER, {"age": 0.5, "colour": -0.25}))


def serve(models_dir: Path) -> Application:
    """Return a handler over a folder of models."""
    return build(Settings(models_dir=str(models_dir), log_level="OFF", metrics=False))


@pytest.fixture
def explained(tmp_path: Path) -> Application:
    """Return a handler over the toy model, sealed with an explainer."""
    seal(tmp_path, scorer=EXPLAINED)
    return serve(tmp_path)


def ask(handler: Application, body: Any, name: str = "toy", **changes: Any) -> tuple[int, dict[str, Any]]:
    """Return status and document of an inference."""
    answer = handler(rest_event("POST", f"/inference/{name}", body, **{**EXPLAIN, **changes}), Context())
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("name", ["delay", "income"])
def test_contributions_of_the_served_models_sum_to_the_log_odds(name: str) -> None:
    """On 1,000 rows base and contributions are log(p1 / p0) to 1e-9, and in probability p1."""
    handler = serve(ROOT / "models")
    signature = handler.store.get(name).signature
    draw = random.Random(name)
    rows = [drawn(signature, draw) for _ in range(MAX_EXPLAINED)]
    status, found = ask(handler, {"instances": rows}, name)
    assert status == 200
    assert len(found["explanations"]) == 1_000
    for (p0, p1), explanation in zip(found["predictions"], found["explanations"], strict=True):
        assert explanation["scale"] == "log-odds"
        assert list(explanation["contributions"]) == list(signature.names)
        total = math.fsum([explanation["base"], *explanation["contributions"].values()])
        assert total == pytest.approx(math.log(p1 / p0), abs=1e-9)
        assert explanation["score"] == pytest.approx(total, abs=1e-9)
        chance = explanation["probability"]
        assert list(chance["contributions"]) == list(signature.names)
        assert math.fsum([chance["base"], *chance["contributions"].values()]) == pytest.approx(p1, abs=1e-9)


def test_each_explanation_of_a_batch_is_that_of_its_row_alone(explained: Application) -> None:
    """What stands beside a row does not matter to its explanation."""
    rows = [{**INSTANCE, "age": age, "colour": colour} for age in range(4) for colour in ("red", "dark green")]
    _, many = ask(explained, {"instances": rows})
    assert many["explanations"] == [ask(explained, row)[1]["explanation"] for row in rows]


def test_contributions_are_terms_less_their_averages(explained: Application) -> None:
    """The numbers are those that the toy's tables say."""
    _, found = ask(explained, INSTANCE)
    explanation = found["explanation"]
    assert explanation["base"] == -0.5 + 0.5 - 0.25
    assert explanation["contributions"] == {"colour": 0.5, "place": 0.125, "age": -0.125, "weight": 0.125}
    assert explanation["score"] == pytest.approx(0.375, abs=1e-15)


def test_without_the_parameter_there_is_no_explanation(explained: Application) -> None:
    """An explanation is asked for, and ``false`` asks for none."""
    for query in (None, {"explain": "false"}):
        _, found = ask(explained, INSTANCE, queryStringParameters=query)
        assert set(found) == {"model", "version", "prediction", "label"}


@pytest.mark.parametrize("value", ["yes", "1", "True", "", "null", 1, 0.0, [], {}])
def test_another_word_than_true_or_false_is_400(explained: Application, value: object) -> None:
    """The parameter takes two words."""
    status, found = ask(explained, INSTANCE, queryStringParameters={"explain": value})
    assert (status, found["code"]) == (400, "invalid-parameter")


@pytest.mark.parametrize("name", ["explain", "threshold", "other"])
def test_a_value_that_no_text_shows_is_400(explained: Application, name: str) -> None:
    """A direct invocation may put anything there: arrays nested beyond what is shown, integers of 5,000 digits."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, {"a": deep}, 10**5_000, float("nan"), float("inf")):
        found = explained({"model": "toy", "instances": [INSTANCE], name: value}, Context())
        assert found["status"] == 400
        assert found["code"] == ("unrecognised-event" if name == "other" else "invalid-parameter")


def test_both_parameters_may_be_sent(explained: Application) -> None:
    """A threshold moves the label of an explained instance too."""
    both = {"explain": "true", "threshold": "0.99"}
    _, found = ask(explained, INSTANCE, queryStringParameters=both)
    assert found["label"] == "no"
    assert "explanation" in found


def test_a_direct_invocation_may_ask_for_explanations(explained: Application) -> None:
    """The event's ``explain`` is the parameter's twin, and a boolean."""
    found = explained({"model": "toy", "instances": [INSTANCE], "explain": True}, Context())
    assert found["explanations"] == [ask(explained, INSTANCE)[1]["explanation"]]


def test_too_many_to_explain_are_413(explained: Application) -> None:
    """An explanation is ten times as long as a prediction, so a tenth of the instances are explained at once."""
    status, found = ask(explained, {"instances": [INSTANCE] * (MAX_EXPLAINED + 1)})
    assert (status, found["code"]) == (413, "too-many-instances")
    assert f"{MAX_EXPLAINED:,}" in found["detail"]
    assert ask(explained, {"instances": [INSTANCE] * (MAX_EXPLAINED + 1)}, queryStringParameters=None)[0] == 200


def test_a_model_without_explainer_is_400(tmp_path: Path) -> None:
    """What cannot be explained says so."""
    seal(tmp_path)
    status, found = ask(serve(tmp_path), INSTANCE)
    assert (status, found["code"]) == (400, "not-explainable")


def test_a_regression_is_explained_in_its_value(tmp_path: Path) -> None:
    """There is no probability, and the scale says so."""
    value = AdditiveScorer(1_000.0, (), (("weight", 2.0, 0.0, 1.0),), "identity")
    scorer = ExplainedScorer(value, AdditiveExplainer(value, {"weight": 1.0}))
    seal(tmp_path, scorer=scorer, classes=(), threshold=None, golden=(Golden(INSTANCE, scorer.predict(INSTANCE)),))
    _, found = ask(serve(tmp_path), INSTANCE)
    contributions = {"colour": 0.0, "place": 0.0, "age": 0.0, "weight": 2.0}
    assert found["explanation"] == {"scale": "value", "base": 1001.0, "score": 1003.0, "contributions": contributions}


@pytest.mark.parametrize("wrong", [Explanation(0.0, {"age": 1.0}, 0.375), Explanation(0.0, {"age": 0.4}, 0.4)])
def test_an_explanation_that_does_not_add_up_is_never_answered(
    explained: Application, wrong: Explanation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contributions that miss the score, or a score that misses the prediction, are our fault: 500."""
    assert ask(explained, INSTANCE)[0] == 200
    monkeypatch.setattr(Explainer, "explain", lambda _self, _row: wrong)
    monkeypatch.setattr(AdditiveExplainer, "explain", lambda _self, _row: wrong)
    status, found = ask(explained, INSTANCE)
    assert (status, found["code"]) == (500, "internal-error")
