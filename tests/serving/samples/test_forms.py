"""Every form that a sender's events take beside the plain one: authorizers, domains, nulls, what is absent."""

from __future__ import annotations

import pytest

from challenge_neuralworks.serving import Application
from tests.making import Context
from tests.serving.samples.asks import ASKS
from tests.serving.samples.conftest import Check
from tests.serving.samples.forms import FORMS, POST
from tests.serving.samples.shapes import http_api, rest_api

WEBSOCKET = {
    "routeKey": "chat",
    "messageId": "BFaVtfGSIAMCKug=",
    "eventType": "MESSAGE",
    "messageDirection": "IN",
    "connectionId": "BFaT_fALIAMCKug=",
    "stage": "prod",
    "apiId": "a1b2c3d4e5",
}
ARN = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/POST/inference/toy"
REFUSED = {
    "a WebSocket's message": {"requestContext": WEBSOCKET, "body": "{}", "isBase64Encoded": False},
    "a WebSocket's connection": {
        "headers": {"Host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"},
        "requestContext": {**WEBSOCKET, "eventType": "CONNECT", "routeKey": "$connect"},
        "isBase64Encoded": False,
    },
    "an authorizer's token": {"type": "TOKEN", "authorizationToken": "token", "methodArn": ARN},
    "an authorizer's request": rest_api(POST, type="REQUEST", methodArn=ARN),
    "an HTTP API authorizer's request": http_api(POST, type="REQUEST", routeArn=ARN, identitySource=["token"]),
    "an HTTP API authorizer's request, format 1.0": rest_api(POST, version="1.0", type="REQUEST", methodArn=ARN),
}


@pytest.mark.parametrize(("shape", "name"), [(shape, name) for shape, forms in FORMS.items() for name in forms])
def test_a_form_gets_its_answer(check: Check, shape: str, name: str) -> None:
    """What a sender adds, leaves out or sets to null changes no answer."""
    check(*FORMS[shape][name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_request_is_refused(toy: Application, name: str) -> None:
    """A WebSocket has no answer to give, and an authorizer's event must never be taken for the request it is about."""
    answer = toy(REFUSED[name], Context())
    assert (answer["status"], answer["code"]) == (400, "unrecognised-event")


def test_there_are_enough_of_each() -> None:
    """Ten events of each sender, fifty in all."""
    each = {shape: len(ASKS) + len(forms) for shape, forms in FORMS.items()}
    assert min(each.values()) >= 10
    assert sum(each.values()) >= 50
