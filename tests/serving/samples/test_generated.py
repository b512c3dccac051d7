"""Events that AWS generates: those of our senders are answered, all others refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench.errors import EmulatorMissing
from challenge_neuralworks.serving import Application
from tests.making import INSTANCE, Context
from tests.serving.samples.asking import Wanted, batch, predicted
from tests.serving.samples.asks import ALLOW, MANY, OTHER
from tests.serving.samples.conftest import Check
from tests.serving.samples.generated import Templates, fetch_templates

ONE = json.dumps(INSTANCE)
TOY = {"path": "inference/toy", "body": ONE}
PING = {"method": "GET", "path": "ping", "body": ""}
RIGHT = Wanted(document=predicted())
UNKNOWN = Wanted(400, "invalid-parameter")
"""The templates for load balancers and HTTP APIs have a query of their own, which no inference takes."""

PROXY = ("apigateway", "aws-proxy")
HTTP = ("apigateway", "http-api-proxy")
BALANCER = ("alb", "request")
NO_QUERY = {"querystringparameters": '{"threshold": "0.5"}'}
NOT_HTTP_QUERY: dict[str, Any] = {"queryStringParameters": None, "rawQueryString": ""}
NOT_BALANCER_QUERY: dict[str, Any] = {"queryStringParameters": {}}
OURS = {PROXY, HTTP, BALANCER}


@pytest.fixture(scope="package")
def templates() -> Templates:
    """Return AWS's templates, or skip what needs them."""
    try:
        return fetch_templates()
    except EmulatorMissing as error:
        pytest.skip(f"AWS's sample events come with a wheel: {error}")


@pytest.mark.parametrize(
    ("name", "values", "changes", "wanted"),
    [
        (PROXY, {**TOY, **NO_QUERY}, {}, RIGHT),
        (PROXY, {**TOY, "querystringparameters": '{"threshold": "0.99"}'}, {}, Wanted(document=predicted(0.99))),
        (PROXY, {**TOY, **NO_QUERY, "body": MANY.decode()}, {}, Wanted(document=batch([INSTANCE, OTHER]))),
        (PROXY, {**TOY, **NO_QUERY, "stage": "inference"}, {}, RIGHT),
        (PROXY, {**TOY, **NO_QUERY, "resource": "/inference/{model}"}, {}, RIGHT),
        (PROXY, {**TOY, **NO_QUERY, "body": "{"}, {}, Wanted(400, "invalid-json")),
        (PROXY, {**TOY, **NO_QUERY, "method": "DELETE"}, {}, Wanted(405, "method-not-allowed", headers=ALLOW)),
        (PROXY, TOY, {}, UNKNOWN),
        (PROXY, {**TOY, "querystringparameters": "{}"}, {}, UNKNOWN),
        (PROXY, PING, {}, Wanted(document=lambda _: {"status": "alive"})),
        (PROXY, {}, {}, Wanted(404, "unknown-route")),
        (HTTP, TOY, NOT_HTTP_QUERY, RIGHT),
        (HTTP, {**TOY, "stage": "prod"}, {**NOT_HTTP_QUERY, "rawPath": "/prod/inference/toy"}, RIGHT),
        (HTTP, {**TOY, "body": MANY.decode()}, NOT_HTTP_QUERY, Wanted(document=batch([INSTANCE, OTHER]))),
        (HTTP, {**TOY, "body": ""}, NOT_HTTP_QUERY, Wanted(400, "invalid-json")),
        (HTTP, TOY, {}, UNKNOWN),
        (HTTP, PING, {}, Wanted(document=lambda _: {"status": "alive"})),
        (HTTP, {"path": "models/toy", "method": "GET"}, {}, Wanted(document=lambda model: model.describe())),
        (HTTP, {}, {}, Wanted(404, "unknown-route")),
        (BALANCER, TOY, NOT_BALANCER_QUERY, RIGHT),
        (BALANCER, {**TOY, "body": MANY.decode()}, NOT_BALANCER_QUERY, Wanted(document=batch([INSTANCE, OTHER]))),
        (BALANCER, {**TOY, "path": "inference/none"}, NOT_BALANCER_QUERY, Wanted(404, "unknown-model")),
        (BALANCER, TOY, {}, UNKNOWN),
        (BALANCER, PING, {}, Wanted(document=lambda _: {"status": "alive"})),
        (BALANCER, {}, {}, Wanted(404, "unknown-route")),
    ],
)
def test_a_generated_event_gets_its_answer(
    check: Check,
    templates: Templates,
    name: tuple[str, str],
    values: dict[str, str],
    changes: dict[str, Any],
    wanted: Wanted,
) -> None:
    """AWS's template, filled with our values, is answered like any event of its sender."""
    check({**templates.fill(*name, **values), **changes}, wanted)


def test_no_other_services_event_is_taken_for_a_request(toy: Application, templates: Templates) -> None:
    """Every other template, an authorizer's among them, gets the problem that says what is read here."""
    others = [name for name in templates.names if name not in OURS]
    assert len(others) > 50
    for name in others:
        answer = toy(templates.fill(*name), Context())
        assert (name, answer.get("status"), answer.get("code")) == (name, 400, "unrecognised-event")
