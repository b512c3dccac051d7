"""Whole events of each shape, as AWS sends them, and the answer each sender expects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from challenge_neuralworks.serving import Application
from tests.making import INSTANCE, TOY_SCORER, Context, event, rest_event

PREDICTION = list(TOY_SCORER.predict(INSTANCE))


def toy_event(name: str) -> dict[str, Any]:
    """Return an event that asks for the toy model, its other entries as AWS sends them."""
    content = event(name)
    for key in ("path", "rawPath"):
        if key in content:
            content[key] = content[key].replace("delay", "toy")
    content["body"] = json.dumps(INSTANCE)
    content["isBase64Encoded"] = False
    return content


@pytest.mark.parametrize("name", ["rest_v1", "http_v2", "function_url", "alb"])
def test_each_shape_is_answered(handler: Application, name: str) -> None:
    """The same prediction comes back in every HTTP-like shape."""
    response = handler(toy_event(name), Context())
    assert (response["statusCode"], response["isBase64Encoded"]) == (200, False)
    assert response["headers"]["Content-Type"] == "application/json"
    assert json.loads(response["body"])["prediction"] == PREDICTION


@pytest.mark.parametrize("name", ["rest_v1", "http_v2", "function_url", "alb"])
def test_base64_bodies_are_read(handler: Application, name: str) -> None:
    """A body that the gateway encoded counts as its bytes."""
    from base64 import b64encode

    content = toy_event(name)
    content["body"] = b64encode(content["body"].encode()).decode()
    content["isBase64Encoded"] = True
    assert json.loads(handler(content, Context())["body"])["prediction"] == PREDICTION


@pytest.mark.parametrize(("name", "threshold"), [("http_v2", {"threshold": "0.99"}), ("alb", {"threshold": "0%2E99"})])
def test_queries_are_read(handler: Application, name: str, threshold: dict[str, str]) -> None:
    """API Gateway decodes the query; a load balancer leaves it as it came."""
    response = handler({**toy_event(name), "queryStringParameters": threshold}, Context())
    assert json.loads(response["body"])["label"] == "no"


def test_lists_of_values_are_read(handler: Application) -> None:
    """Where an event has multi-value entries only, the last value counts."""
    content = rest_event("POST", "/inference/toy", INSTANCE, headers=None, queryStringParameters=None)
    content["multiValueQueryStringParameters"] = {"threshold": ["0", "0.99"]}
    assert json.loads(handler(content, Context())["body"])["label"] == "no"
    content["multiValueHeaders"] = {"content-TYPE": ["text/plain"]}
    assert handler(content, Context())["statusCode"] == 415


def test_a_load_balancer_gets_its_own_answer(handler: Application) -> None:
    """The status comes with its description; with multi-value headers on, headers are lists."""
    content = toy_event("alb")
    response = handler(content, Context())
    assert response["statusDescription"] == "200 OK"
    del content["headers"]
    content["multiValueHeaders"] = {"content-type": ["application/json"]}
    response = handler(content, Context())
    assert response["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert "headers" not in response


def test_a_direct_invocation_gets_the_answer_itself(handler: Application) -> None:
    """No status or headers: the document, for `aws lambda invoke` and Step Functions."""
    answer = handler({"model": "toy", "instances": [INSTANCE, INSTANCE], "threshold": 0.99}, Context())
    assert answer == {
        "model": "toy",
        "version": handler.store.get("toy").version,
        "predictions": [PREDICTION, PREDICTION],
        "labels": ["no", "no"],
    }


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ({"model": "toy", "instances": [{}]}, 400, "invalid-instances"),
        ({"model": "toy", "instances": []}, 400, "invalid-instances"),
        ({"model": "toy", "instances": [INSTANCE], "threshold": "x"}, 400, "invalid-parameter"),
        ({"model": "toy", "instances": [INSTANCE], "threshold": True}, 400, "invalid-parameter"),
        ({"model": "toy"}, 400, "unrecognised-event"),
        ({"model": 5, "instances": []}, 400, "unrecognised-event"),
        ({"model": "toy", "instances": [], "more": 1}, 400, "unrecognised-event"),
        ({"model": "none", "instances": [INSTANCE]}, 404, "unknown-model"),
        (None, 400, "unrecognised-event"),
        ([], 400, "unrecognised-event"),
        ("toy", 400, "unrecognised-event"),
        ({}, 400, "unrecognised-event"),
    ],
)
def test_a_direct_fault_is_a_problem_document(handler: Application, content: object, status: int, code: str) -> None:
    """Whatever is wrong with a direct event, its problem comes back as the answer."""
    problem = handler(content, Context())
    assert (problem["status"], problem["code"]) == (status, code)


@pytest.mark.parametrize(
    "change",
    [
        {"path": None},
        {"path": 5},
        {"httpMethod": None},
        {"body": 5},
        {"body": {}},
        {"headers": 5},
        {"headers": [1]},
        {"queryStringParameters": "a"},
        {"requestContext": []},
        {"requestContext": None, "path": 1.5},
        {"multiValueHeaders": "x", "headers": None},
    ],
)
def test_a_malformed_rest_event_is_400_in_its_own_shape(handler: Application, change: dict[str, Any]) -> None:
    """An event that AWS would never send is refused, not raised on."""
    response = handler({**rest_event("POST", "/inference/toy", INSTANCE), **change}, Context())
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (400, "unrecognised-event")


@pytest.mark.parametrize("path", ["/dev", "/dev/"])
def test_the_root_of_a_stage_is_the_root(handler: Application, path: str) -> None:
    """An HTTP API puts its stage in front, with or without a slash at the end."""
    content = event("http_v2")
    content["rawPath"], content["requestContext"]["stage"] = path, "dev"
    content["requestContext"]["http"]["method"], content["body"] = "GET", None
    content["queryStringParameters"], content["rawQueryString"] = None, ""
    assert handler(content, Context())["statusCode"] == 200


@pytest.mark.parametrize("name", ["rest_v1", "http_v2"])
def test_an_unreadable_body_is_told_in_the_protocols_shape(handler: Application, name: str) -> None:
    """Its path says whose client it is, although nothing else of the event was read."""
    content = event(name)
    content |= {"path" if name == "rest_v1" else "rawPath": "/v2/models/toy/infer", "body": "!!!"}
    answer = handler({**content, "isBase64Encoded": True}, Context())
    assert answer["statusCode"] == 400
    assert list(json.loads(answer["body"])) == ["error"]
