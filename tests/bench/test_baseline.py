from __future__ import annotations

import json
from typing import Any

import pytest

from bench import empty
from bench.answers import check_cold, check_more, check_same, document_of, status_of
from bench.baseline import baseline_of
from bench.errors import WrongAnswer
from bench.events import BATCH, Kind, kinds
from bench.probes.requests import compare
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from tests.making import ROOT, Context

KINDS = kinds(ROOT)
PREDICTION = {"statusCode": 200, "body": '{"model":"delay","version":"1","prediction":[0.75,0.25],"label":0}'}


@pytest.fixture(scope="module")
def ours() -> Application:
    """Return the handler over the committed models."""
    return build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.beside is None], ids=lambda kind: kind.name)
def test_ours_and_the_baseline_give_one_answer(kind: Kind, ours: Application) -> None:
    """What is timed against each other does the same for the caller."""
    answer = ours(kind.event, Context())
    assert status_of(answer) == kind.status
    check_same(kind.name, answer, baseline_of(kind.event, answer)(kind.event, Context()), kind.status)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.predicts], ids=lambda kind: kind.name)
def test_valid_events_are_predicted(kind: Kind, ours: Application) -> None:
    """The budget holds for answers that hold a prediction of every instance."""
    document = document_of(ours(kind.event, Context()))
    predictions = document.get("predictions", [document.get("prediction")])
    assert len(predictions) == (BATCH if "instances" in kind.event else 1)
    assert all(sum(prediction) == pytest.approx(1.0) for prediction in predictions)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.beside is not None], ids=lambda kind: kind.name)
def test_an_explained_answer_is_the_plain_one_and_more(kind: Kind, ours: Application) -> None:
    """What is timed beside a plain prediction is that prediction, explained."""
    answer, plain = ours(kind.event, Context()), ours(kind.beside, Context())
    check_more(kind.name, answer, plain, kind.status)
    assert set(document_of(answer)) - set(document_of(plain)) == {"explanation"}
    for wrong in (plain, {**answer, "statusCode": 500}, {**answer, "body": '{"explanation":1}'}):
        with pytest.raises(WrongAnswer):
            check_more(kind.name, wrong, plain, kind.status)


def test_the_baseline_parses_the_body() -> None:
    """A baseline that skips the work it is there for would make every ratio look bad."""
    handler = baseline_of({"body": "{}"}, PREDICTION)
    assert handler({"body": '{"a": 1}'}, None)["statusCode"] == 200
    with pytest.raises(json.JSONDecodeError):
        handler({"body": "{"}, None)


@pytest.mark.parametrize(
    ("ours", "baseline", "strays"),
    [
        ({"statusCode": 500, "body": "{}"}, PREDICTION, "ours, x"),
        (PREDICTION, {"statusCode": 500, "body": "{}"}, "baseline, x"),
        (PREDICTION, {"statusCode": 200, "body": "{}"}, "baseline, x"),
    ],
)
def test_a_stray_answer_ends_the_run(ours: dict[str, Any], baseline: dict[str, Any], strays: str) -> None:
    """A broken handler is fast, so its figures must never appear."""
    with pytest.raises(WrongAnswer) as raised:
        check_same("x", ours, baseline, 200)
    assert raised.value.candidate == strays


def test_cold_answers_are_checked() -> None:
    """Ours must predict; the empty handler must answer what it says."""
    check_cold("ours", PREDICTION)
    check_cold("empty", empty.lambda_handler(None, None))
    for candidate, answer in [
        ("ours", empty.lambda_handler(None, None) | {"body": '{"model":"delay"}'}),
        ("ours", {"errorMessage": "Unable to import module"}),
        ("ours", {"statusCode": 503, "body": "{}"}),
        ("ours", {"statusCode": 200, "body": '{"model":"delay","prediction":[0.5,0.7]}'}),
        ("empty", PREDICTION),
    ]:
        with pytest.raises(WrongAnswer):
            check_cold(candidate, answer)


def test_rounds_are_interleaved_and_repeatable(ours: Application) -> None:
    """Each round times both handlers of each kind once; one seed gives one order, and not always the same first."""
    plan = {"seed": 3, "rounds": 4, "kinds": [{**kind._asdict(), "calls": 2} for kind in KINDS]}
    rounds = list(compare(plan, ours))
    again = list(compare(plan, ours))
    assert [(each["kind"], each["order"]) for each in rounds] == [(each["kind"], each["order"]) for each in again]
    assert sorted(each["kind"] for each in rounds) == sorted(4 * [kind.name for kind in KINDS])
    assert {each["order"][0] for each in rounds} == {"ours", "baseline"}
    assert all(0 < each["ours"]["p50_us"] <= each["ours"]["p99_us"] for each in rounds)
