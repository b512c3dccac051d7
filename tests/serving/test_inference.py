"""POST /inference/{model}: what it answers, and each fault with its own status."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.scorers import Scorer
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.columns import ColumnsScorer
from challenge_neuralworks.scorers.linear import AdditiveHead
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.body import MAX_BODY_BYTES
from challenge_neuralworks.serving.inference import MAX_INSTANCES
from challenge_neuralworks.settings import Settings
from tests.making import INSTANCE, TOY_SCORER, Context, edit_manifest, rest_event, seal
from tests.serving.conftest import Call

P0, P1 = TOY_SCORER.predict(INSTANCE)
TOY = "/inference/toy"


def answer(response: dict[str, Any]) -> tuple[int, Any]:
    """Return status and decoded body."""
    return response["statusCode"], json.loads(response["body"])


def test_one_instance(call: Call, handler: Application) -> None:
    """One object is answered with model, version, prediction and label."""
    version = handler.store.get("toy").version
    assert answer(call("POST", TOY, INSTANCE)) == (
        200,
        {"model": "toy", "version": version, "prediction": [P0, P1], "label": "yes"},
    )


def test_many_instances(call: Call, handler: Application) -> None:
    """A batch is answered in the order it was sent, each row as it is alone."""
    other = {**INSTANCE, "colour": "dark green"}
    status, body = answer(call("POST", TOY, {"instances": [INSTANCE, other, INSTANCE]}))
    assert status == 200
    assert body == {
        "model": "toy",
        "version": handler.store.get("toy").version,
        "predictions": [[P0, P1], list(TOY_SCORER.predict(other)), [P0, P1]],
        "labels": ["yes", "no", "yes"],
    }


@pytest.mark.parametrize(("threshold", "label"), [("0", "yes"), ("1", "no"), ("0.99", "no"), ("1e-3", "yes")])
def test_the_threshold_moves_the_label(call: Call, threshold: str, label: str) -> None:
    """?threshold= changes the label and nothing else."""
    status, body = answer(call("POST", TOY, INSTANCE, queryStringParameters={"threshold": threshold}))
    assert (status, body["label"], body["prediction"]) == (200, label, [P0, P1])


@pytest.mark.parametrize("threshold", ["", "x", "1.1", "-0.1", "nan", "inf", "1_0", " 1", "²", "０.３"])  # noqa: RUF001
def test_a_threshold_off_the_scale_is_refused(call: Call, threshold: str) -> None:
    """A threshold is a number from 0 to 1."""
    status, body = answer(call("POST", TOY, INSTANCE, queryStringParameters={"threshold": threshold}))
    assert (status, body["code"]) == (400, "invalid-parameter")


def test_an_unknown_parameter_is_refused(call: Call) -> None:
    """A misspelt parameter would else be ignored in silence."""
    status, body = answer(call("POST", TOY, INSTANCE, queryStringParameters={"treshold": "0.3"}))
    assert (status, body["code"]) == (400, "invalid-parameter")
    assert "treshold" in body["detail"]


def test_a_spelling_that_was_read_is_told(call: Call) -> None:
    """The answer lists what was read otherwise than it was written."""
    status, body = answer(call("POST", TOY, {**INSTANCE, "colour": "RED", "place": "Narnia"}))
    assert status == 200
    assert [(warning["pointer"], warning["code"]) for warning in body["warnings"]] == [
        ("#/colour", "read-as"),
        ("#/place", "unknown-category"),
    ]


def test_every_fault_of_every_instance(call: Call) -> None:
    """400 lists all faults with pointers; the document is a problem with the request's id."""
    response = call("POST", TOY, {"instances": [{**INSTANCE, "age": 10, "colour": "rad"}, {}]})
    status, body = answer(response)
    assert status == 400
    assert response["headers"]["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in body["errors"]] == [
        "#/instances/0/colour",
        "#/instances/0/age",
        "#/instances/1/colour",
        "#/instances/1/place",
        "#/instances/1/age",
        "#/instances/1/weight",
    ]
    assert body["errors"][0]["detail"] == "'rad' is unknown; did you mean 'red'?"
    assert {key: body[key] for key in ("type", "title", "status", "code", "request_id", "truncated")} == {
        "type": "urn:challenge-neuralworks:problem:invalid-instances",
        "title": "The input does not fit the model's signature",
        "status": 400,
        "code": "invalid-instances",
        "request_id": Context.aws_request_id,
        "truncated": False,
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "invalid-json"),
        ("", "invalid-json"),
        ("  ", "invalid-json"),
        ("{", "invalid-json"),
        ("{}{}", "invalid-json"),
        ("{} x", "invalid-json"),
        ("'a'", "invalid-json"),
        ('{"age": NaN}', "invalid-json"),
        ('{"age": -Infinity}', "invalid-json"),
        ('{"age": 1, "age": 1}', "invalid-json"),
        ('{"a": {"b": 1, "b": 2}}', "invalid-json"),
        ("[" * 100_000, "nested-too-deeply"),
        ('{"age": ' + "[" * 100_000, "nested-too-deeply"),
        ('{"age": ' + "9" * 5_000 + "}", "invalid-json"),
        ("{}", "invalid-instances"),
        ("[]", "invalid-instances"),
        ("null", "invalid-instances"),
        ("0", "invalid-instances"),
        ('"red"', "invalid-instances"),
        ('{"age": 1e999}', "invalid-instances"),
        ('{"instances": []}', "invalid-instances"),
        ('{"instances": {}}', "invalid-instances"),
        ('{"instances": null}', "invalid-instances"),
        ('{"instances": [null]}', "invalid-instances"),
        ('{"instances": [{}], "more": 1}', "invalid-instances"),
        ("[" * 900 + "]" * 900, "invalid-instances"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_that_is_no_instance_is_400(call: Call, body: str | None, code: str) -> None:
    """Whatever stands in the body, the answer is 400 with the code that fits."""
    status, found = answer(call("POST", TOY, body))
    assert (status, found["code"]) == (400, code)


def test_ten_thousand_levels_are_400(call: Call) -> None:
    """Deep JSON is refused, as too deep or as no instance, by whichever limit the Python at hand has."""
    status, found = answer(call("POST", TOY, "[" * 10_000 + "]" * 10_000))
    assert status == 400
    assert found["code"] in ("nested-too-deeply", "invalid-instances")


def test_the_place_of_a_syntax_error_is_named(call: Call) -> None:
    """Line and column are given as an editor counts."""
    _, body = answer(call("POST", TOY, '{\n "age": 1,,\n}'))
    assert "line 2, column 11" in body["detail"]


@pytest.mark.parametrize("text", [b"\xff\xfe{}", b'{"colour": "\xe9"}', b"\x80"])
def test_bad_utf8_is_400(call: Call, text: bytes) -> None:
    """Bytes that are no UTF-8 are refused as such."""
    from base64 import b64encode

    status, body = answer(call("POST", TOY, b64encode(text).decode(), isBase64Encoded=True))
    assert (status, body["code"]) == (400, "invalid-json")
    assert "UTF-8" in body["detail"]


@pytest.mark.parametrize("text", ["%%%", "e30", "é"])
def test_bad_base64_is_400(call: Call, text: str) -> None:
    """A body marked as base64 that is not is the caller's fault."""
    status, body = answer(call("POST", TOY, text, isBase64Encoded=True))
    assert (status, body["code"]) == (400, "invalid-json")
    assert "base64" in body["detail"]


def test_a_byte_order_mark_is_no_fault(call: Call) -> None:
    """Windows tools write one; the text after it counts."""
    from base64 import b64encode

    text = b64encode(b"\xef\xbb\xbf" + json.dumps(INSTANCE).encode()).decode()
    assert call("POST", TOY, text, isBase64Encoded=True)["statusCode"] == 200


def test_a_body_over_the_limit_is_413(call: Call) -> None:
    """7 MB are refused by their length, and so are characters of four bytes that only together are too long."""
    status, body = answer(call("POST", TOY, " " * 7_000_000))
    assert (status, body["code"]) == (413, "body-too-large")
    assert answer(call("POST", TOY, "𝄞" * (MAX_BODY_BYTES // 4 + 1)))[0] == 413
    assert answer(call("POST", TOY, " " * (MAX_BODY_BYTES - 200) + json.dumps(INSTANCE)))[0] == 200


def test_too_many_instances_are_413(call: Call) -> None:
    """A batch has a limit, named in the problem."""
    status, body = answer(call("POST", TOY, {"instances": [0] * (MAX_INSTANCES + 1)}))
    assert (status, body["code"]) == (413, "too-many-instances")
    assert f"{MAX_INSTANCES:,}" in body["detail"]


@pytest.mark.parametrize(
    ("declared", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ("application/vnd.api+json", 200),
        ("", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=latin-1", 415),
    ],
)
def test_the_media_type_must_be_json(call: Call, declared: str, status: int) -> None:
    """JSON in UTF-8, or no declaration at all; anything else is 415."""
    assert call("POST", TOY, INSTANCE, headers={"CONTENT-type": declared})["statusCode"] == status
    assert call("POST", TOY, INSTANCE, headers=None, multiValueHeaders=None)["statusCode"] == 200


def test_an_unknown_model_is_404_and_lists_the_known(call: Call) -> None:
    """The problem names the models there are."""
    status, body = answer(call("POST", "/inference/tow", INSTANCE))
    assert (status, body["code"], body["models"]) == (404, "unknown-model", ["toy"])


def test_a_flipped_byte_is_503_for_that_model_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log names both digests, the answer none; other models answer, and /health says which is down."""
    seal(tmp_path, "good")
    sealed = seal(tmp_path)
    path = tmp_path / "toy" / sealed.pickle.file
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    handler = build(Settings(models_dir=str(tmp_path), metrics=False))
    response = handler(rest_event("POST", TOY, INSTANCE), Context())
    status, body = answer(response)
    assert (status, body["code"], response["headers"]["Retry-After"]) == (503, "model-unavailable", "30")
    assert sealed.pickle.sha256 not in response["body"]
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["error"], line["model"]) == ("ERROR", "digest-mismatch", "toy")
    assert line["evidence"].count(sealed.pickle.sha256) == 1
    assert len([word for word in line["evidence"].split() if len(word.strip(";,")) == 64]) == 2
    assert answer(handler(rest_event("POST", "/inference/good", INSTANCE), Context()))[0] == 200
    status, health = answer(handler(rest_event("GET", "/health"), Context()))
    assert (status, health["status"]) == (200, "degraded")
    assert health["models"]["toy"] == {"status": "down", "code": "digest-mismatch"}
    assert health["models"]["good"]["status"] == "ready"


def test_a_defect_of_ours_is_500_with_the_request_id_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caller learns the request id; the log learns type and place, but not the message, which may repeat input."""
    seal(tmp_path)

    def broken(self: Scorer, row: object) -> tuple[float, ...]:
        raise ZeroDivisionError("secret")

    handler = build(Settings(models_dir=str(tmp_path), metrics=False))
    handler.store.get("toy")
    monkeypatch.setattr(type(TOY_SCORER), "predict", broken)
    status, body = answer(handler(rest_event("POST", TOY, INSTANCE), Context()))
    assert (status, body) == (
        500,
        {
            "type": "urn:challenge-neuralworks:problem:internal-error",
            "title": "Internal error",
            "status": 500,
            "code": "internal-error",
            "request_id": Context.aws_request_id,
        },
    )
    line = json.loads(capsys.readouterr().out)
    assert line["evidence"].startswith("ZeroDivisionError at application.py:")
    assert "test_inference.py" in line["evidence"]
    assert "secret" not in json.dumps(line)


def sealed_as(tmp_path: Path, scorer: Scorer, classes: tuple[str, ...]) -> Application:
    """Return a handler over the toy fields with another scorer and other classes."""
    seal(tmp_path, "toy", scorer, classes=classes, threshold=None, golden=(Golden(INSTANCE, scorer.predict(INSTANCE)),))
    return build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False))


def test_a_regression_answers_a_number(tmp_path: Path) -> None:
    """Without classes a prediction is a number, and there are no labels."""
    value = AdditiveScorer(1_000.0, (), (("weight", 2.0, 0.0, 1.0),), "identity")
    handler = sealed_as(tmp_path, value, ())
    _, one = answer(handler(rest_event("POST", TOY, INSTANCE), Context()))
    _, many = answer(handler(rest_event("POST", TOY, {"instances": [INSTANCE, INSTANCE]}), Context()))
    assert (one["prediction"], many["predictions"]) == (1_003.0, [1_003.0, 1_003.0])
    assert not {"label", "labels"} & {*one, *many}
    _, model = answer(handler(rest_event("GET", "/models/toy"), Context()))
    assert (model["task"], model["classes"], model["threshold"]) == ("regression", [], None)
    refused, _ = answer(
        handler(rest_event("POST", TOY, INSTANCE, queryStringParameters={"threshold": "0.5"}), Context())
    )
    assert refused == 400


def test_three_classes_answer_three_probabilities(tmp_path: Path) -> None:
    """Probabilities stand in the order of the classes, and the likeliest is the label."""
    head = AdditiveHead((0.0, 1.0, 0.5), (), ((3, (0.0, 0.0, 1.0), 0.0, 1.0),), "softmax")
    handler = sealed_as(tmp_path, ColumnsScorer(INSTANCE, (3,), head), ("a", "b", "c"))
    _, one = answer(handler(rest_event("POST", TOY, INSTANCE), Context()))
    odds = [math.exp(0.0), math.exp(1.0), math.exp(2.0)]
    assert one["prediction"] == pytest.approx([part / sum(odds) for part in odds], abs=1e-15)
    assert one["label"] == "c"


def test_a_label_may_be_a_number_or_a_string(tmp_path: Path) -> None:
    """Labels are the manifest's classes, as JSON."""
    seal(tmp_path)
    edit_manifest(tmp_path / "toy", classes=[0, 1])
    handler = build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False))
    assert '"label":1}' in handler(rest_event("POST", TOY, INSTANCE), Context())["body"]
