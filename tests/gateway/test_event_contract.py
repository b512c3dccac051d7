"""Events of real requests, beside what AWS documents and what a client of its events takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_lambda_powertools.utilities.parser.models import APIGatewayProxyEventModel

from tests.gateway.echo import KEY, SERVERS, Running, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT, TEXTS, LISTS, NULL = "text", "texts", "lists", "null"

# Entries and types as AWS's "Input format of a Lambda function for proxy integration" has them, each with those that
# it may have here; the types are read by `kind`.
TOP = {
    "resource": {TEXT},
    "path": {TEXT},
    "httpMethod": {TEXT},
    "headers": {TEXTS},
    "multiValueHeaders": {LISTS},
    "queryStringParameters": {TEXTS, NULL},
    "multiValueQueryStringParameters": {LISTS, NULL},
    "pathParameters": {TEXTS, NULL},
    "stageVariables": {TEXTS, NULL},
    "requestContext": {"object"},
    "body": {TEXT, NULL},
    "isBase64Encoded": {"boolean"},
}
CONTEXT = {
    "accountId": {TEXT},
    "apiId": {TEXT},
    "authorizer": {"object"},
    "domainName": {TEXT},
    "domainPrefix": {TEXT},
    "extendedRequestId": {TEXT},
    "httpMethod": {TEXT},
    "identity": {"object"},
    "path": {TEXT},
    "protocol": {TEXT},
    "requestId": {TEXT},
    "requestTime": {TEXT},
    "requestTimeEpoch": {"integer"},
    "resourceId": {TEXT, NULL},
    "resourcePath": {TEXT},
    "stage": {TEXT},
}
IDENTITY = {
    "accessKey": {TEXT, NULL},
    "accountId": {TEXT, NULL},
    "caller": {TEXT, NULL},
    "clientCert": {"object"},
    "cognitoAuthenticationProvider": {TEXT, NULL},
    "cognitoAuthenticationType": {TEXT, NULL},
    "cognitoIdentityId": {TEXT, NULL},
    "cognitoIdentityPoolId": {TEXT, NULL},
    "principalOrgId": {TEXT, NULL},
    "sourceIp": {TEXT},
    "user": {TEXT, NULL},
    "userAgent": {TEXT, NULL},
    "userArn": {TEXT, NULL},
}
# An API without authorizers and without mutual TLS has neither of these, on AWS as here.
NOT_HERE = {"authorizer", "clientCert"}
# Documented elsewhere: an API's deployment, and the key of a method that takes one.
BESIDES = {"deploymentId": {TEXT}, "apiKey": {TEXT, NULL}, "apiKeyId": {TEXT, NULL}}

BINARY = {"content-type": "application/octet-stream"}
REPEATED = b"GET /%s?a=1&a=2&b= HTTP/1.1\r\nHost: a\r\nx-api-key: %s\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n"


def kind(value: Any) -> str:
    """Return the type of a JSON value, as the tables name it."""
    if isinstance(value, dict):
        inner = {type(each).__name__ for each in value.values()}
        return TEXTS if inner == {"str"} else LISTS if inner == {"list"} else "object"
    return {str: TEXT, bool: "boolean", int: "integer", type(None): NULL}.get(type(value), type(value).__name__)


@pytest.fixture(scope="module", params=[(server, stage) for server in SERVERS for stage in ("", "dev")], ids=str)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Running, str]]:
    """A server with the echo behind it, and what is in front of its paths."""
    name, stage = request.param
    with serving(name, NEURALWORKS_STAGE=stage) as running:
        yield running, f"/{stage}" if stage else ""


@pytest.fixture(scope="module")
def events(server: tuple[Running, str]) -> dict[str, dict[str, Any]]:
    """Events of requests of every kind."""
    running, prefix = server
    key = {"x-api-key": KEY}
    asked = {
        "root": running.ask("GET", f"{prefix}/"),
        "without query": running.ask("GET", f"{prefix}/models", key),
        "with query": running.ask("GET", f"{prefix}/models?a=%20&b", key),
        "text": running.ask("POST", f"{prefix}/inference/delay", key, '{"é": 1}'.encode()),
        "base64": running.ask("POST", f"{prefix}/inference/delay", key | BINARY, b"\xff\x00"),
        "preflight": running.ask("OPTIONS", f"{prefix}/inference/delay"),
        "delete": running.ask("DELETE", f"{prefix}/models/delay", key),
        "repeated": running.send(REPEATED % (f"{prefix}/models".lstrip("/").encode(), KEY.encode())),
    }
    assert {name: answer.status for name, answer in asked.items()} == dict.fromkeys(asked, 200)
    return {name: answer.event for name, answer in asked.items()}


def test_powertools_takes_every_event(events: dict[str, dict[str, Any]]) -> None:
    """AWS's own model of the event reads each, and reads from it what was sent."""
    read = {name: APIGatewayProxyEventModel.model_validate(event) for name, event in events.items()}
    assert {name: model.path for name, model in read.items()} == {name: event["path"] for name, event in events.items()}
    assert (read["text"].body, read["text"].isBase64Encoded) == ('{"é": 1}', False)
    assert (read["base64"].body, read["base64"].isBase64Encoded) == ("/wA=", True)
    assert read["repeated"].multiValueQueryStringParameters == {"a": ["1", "2"], "b": [""]}
    assert read["with query"].requestContext.identity.apiKey == KEY
    assert str(read["root"].requestContext.identity.sourceIp) == "127.0.0.1/32"
    milliseconds = round(read["root"].requestContext.requestTimeEpoch.timestamp() * 1000)
    assert milliseconds == events["root"]["requestContext"]["requestTimeEpoch"]


def test_every_event_has_the_documented_entries(events: dict[str, dict[str, Any]]) -> None:
    """Name by name and type by type; nothing is missing but what such an API never has, and nothing is invented."""
    for event in events.values():
        context = event["requestContext"]
        for documented, given in ((TOP, event), (CONTEXT, context), (IDENTITY, context["identity"])):
            assert set(documented) - NOT_HERE == set(given) - set(BESIDES)
            expected = {**documented, **BESIDES}
            assert {name: kind(value) for name, value in given.items() if kind(value) not in expected[name]} == {}


def test_values_have_the_documented_forms(server: tuple[Running, str], events: dict[str, dict[str, Any]]) -> None:
    """Identifiers, times and paths are written as AWS writes them."""
    running, prefix = server
    for event in events.values():
        context = event["requestContext"]
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", context["requestId"])
        assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
        assert re.fullmatch(r"\d{12}", context["accountId"])
        assert (context["path"], context["stage"]) == (prefix + event["path"], prefix.strip("/") or "local")
        assert event["resource"] == context["resourcePath"] == ("/" if event["path"] == "/" else "/{proxy+}")
        assert event["headers"]["X-Forwarded-Port"] == str(running.port)
        assert {name: values[-1] for name, values in event["multiValueHeaders"].items()} == event["headers"]
        assert "content-length" not in event["headers"]
