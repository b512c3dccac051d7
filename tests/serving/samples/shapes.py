"""One builder a shape: it writes the whole event that AWS documents for a request, and reads the answer back."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, NamedTuple, Protocol

from tests.serving.samples.asking import Ask

TIME = {"time": "21/Nov/2026:10:00:00 +0000", "timeEpoch": 1795255200000}
NO_IDENTITY = dict.fromkeys(
    (
        "accessKey",
        "accountId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "user",
        "userArn",
    )
)


class Answer(NamedTuple):
    """What a sender reads out of what the function returned."""

    status: int
    headers: dict[str, str]
    body: str


class Builder(Protocol):
    """Writes a request as an event; ``changes`` replace its entries, None included."""

    def __call__(self, ask: Ask, **changes: Any) -> dict[str, Any]:
        """Return the event."""


def rest_api(ask: Ask, *, base_path: str = "", stage: str = "prod", **changes: Any) -> dict[str, Any]:
    """Return the event of a REST API with the one resource ``/{proxy+}``.

    base_path : of the custom domain that was called, ``/v1``; it stands in front of the path.

    Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration".
    """
    sent = [("Host", "api.example.com" if base_path else "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")]
    sent += [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), *ask.headers]
    many, queries = _lists(sent), _lists(ask.pairs)
    path = base_path + ask.path
    event = {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": ask.method,
        "headers": _lasts(many),
        "multiValueHeaders": many,
        "queryStringParameters": _lasts(queries) or None,
        "multiValueQueryStringParameters": queries or None,
        "pathParameters": {"proxy": ask.path.strip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": sent[0][1],
            "domainPrefix": sent[0][1].partition(".")[0],
            "extendedRequestId": "UxxxxEXAMPLExxxx=",
            "httpMethod": ask.method,
            "identity": {**NO_IDENTITY, "sourceIp": "203.0.113.7", "userAgent": "curl/8.5.0"},
            "path": path if base_path else f"/{stage}{path}",
            "protocol": "HTTP/1.1",
            "requestId": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "requestTime": TIME["time"],
            "requestTimeEpoch": TIME["timeEpoch"],
            "resourceId": "a1b2c3",
            "resourcePath": "/{proxy+}",
            "stage": stage,
        },
        "body": _text(ask.body, ask.binary) or None,
        "isBase64Encoded": ask.binary and bool(ask.body),
    }
    return {**event, **changes}


def http_api(ask: Ask, *, stage: str = "$default", **changes: Any) -> dict[str, Any]:
    """Return the event of an HTTP API, payload format 2.0, with the route ``ANY /{proxy+}``.

    A stage other than ``$default`` stands in front of the path; nothing is there that was not sent.

    Source: API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs".
    """
    host = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
    event = _format_2(ask, host, "ANY /{proxy+}", stage)
    event["pathParameters"] = {"proxy": ask.path.strip("/")}
    return {**event, **changes}


def function_url(ask: Ask, **changes: Any) -> dict[str, Any]:
    """Return the event of a function URL that anybody may call.

    Source: Lambda developer guide, "Invoking Lambda function URLs".
    """
    event = _format_2(ask, "abcdefghij0123456789.lambda-url.us-east-1.on.aws", "$default", "$default")
    event["requestContext"] |= {"accountId": "anonymous", "authentication": None, "authorizer": None}
    return {**event, **changes}


def load_balancer(ask: Ask, *, multiple: bool = False, **changes: Any) -> dict[str, Any]:
    """Return the event of an Application Load Balancer's target group.

    multiple : multi-value headers are switched on: lists of values, and no others.

    Source: Elastic Load Balancing, "Use Lambda functions as targets of an Application Load Balancer".
    """
    sent = [("host", "models-1234567890.us-east-1.elb.amazonaws.com"), ("x-forwarded-for", "203.0.113.7")]
    sent += [("x-forwarded-port", "443"), ("x-forwarded-proto", "https")]
    sent += [(name.lower(), value) for name, value in ask.headers]
    # The query as it was sent: nothing is decoded.
    queries = _lists(
        [(name, value) for name, _, value in (part.partition("=") for part in ask.query.split("&")) if name]
    )
    many = {"multiValueHeaders": _lists(sent), "multiValueQueryStringParameters": queries}
    group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/models/0123456789abcdef"
    event = {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": ask.method,
        "path": ask.path,
        **(many if multiple else {"headers": _lasts(_lists(sent)), "queryStringParameters": _lasts(queries)}),
        "body": _text(ask.body, not ask.is_text),
        "isBase64Encoded": not ask.is_text,
    }
    return {**event, **changes}


def load_balancer_multiple(ask: Ask, **changes: Any) -> dict[str, Any]:
    """Return the event of a target group with multi-value headers."""
    return load_balancer(ask, multiple=True, **changes)


SHAPES: dict[str, Builder] = {
    "REST API": rest_api,
    "HTTP API": http_api,
    "function URL": function_url,
    "load balancer": load_balancer,
    "load balancer, multi-value": load_balancer_multiple,
}


def read_answer(event: dict[str, Any], answer: dict[str, Any]) -> Answer:
    """Return an answer as the event's sender reads it, which has the sender's own entries and no others."""
    headers = answer.get("headers")
    entries = {"statusCode", "headers", "body", "isBase64Encoded"}
    if "elb" in (event.get("requestContext") or {}):
        entries.add("statusDescription")
        number, _, reason = answer["statusDescription"].partition(" ")
        assert (number, bool(reason)) == (str(answer["statusCode"]), True)
        if "multiValueHeaders" in event:
            entries = {*entries, "multiValueHeaders"} - {"headers"}
            assert all(type(values) is list and len(values) == 1 for values in answer["multiValueHeaders"].values())
            headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
    assert set(answer) == entries
    assert answer["isBase64Encoded"] is False
    assert headers is not None
    return Answer(answer["statusCode"], headers, answer["body"])


def _format_2(ask: Ask, host: str, route: str, stage: str) -> dict[str, Any]:
    path = ask.path if stage == "$default" else f"/{stage}{ask.path}"
    joined = {name: ",".join(values) for name, values in _lists(ask.pairs).items()}
    sent = [("host", host), ("x-forwarded-for", "203.0.113.7"), *((name.lower(), value) for name, value in ask.headers)]
    event = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": ask.query,
        "headers": {name: ",".join(values) for name, values in _lists(sent).items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": host.partition(".")[0],
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": ask.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route,
            "stage": stage,
            **TIME,
        },
        "isBase64Encoded": not ask.is_text,
    }
    if joined:
        event["queryStringParameters"] = joined
    if ask.body:
        event["body"] = _text(ask.body, not ask.is_text)
    return event


def _text(body: bytes, binary: bool) -> str:
    return b64encode(body).decode() if binary else body.decode("utf-8", "replace")


def _lists(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _lasts(lists: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in lists.items()}
