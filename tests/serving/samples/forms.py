"""What only one sender's events have: who called, through which domain, and what is null or absent then."""

from __future__ import annotations

from typing import Any

from tests.serving.samples.asking import Ask, Wanted, predicted
from tests.serving.samples.shapes import function_url, http_api, load_balancer, rest_api

Sample = tuple[dict[str, Any], Wanted]
POST = Ask()
RIGHT = Wanted(document=predicted())
ALIVE = Wanted(document=lambda _: {"status": "alive"})
PAGE = Wanted(document=lambda model: model.describe())
CERTIFICATE = {
    "clientCertPem": "-----BEGIN CERTIFICATE-----\n...",
    "subjectDN": "CN=client",
    "issuerDN": "CN=authority",
    "serialNumber": "1",
    "validity": {"notBefore": "Jan  1 00:00:00 2026 GMT", "notAfter": "Jan  1 00:00:00 2036 GMT"},
}
CLAIMS = {"sub": "user", "scope": "predict", "exp": "1795258800"}
IAM = {
    "accessKey": "AKIAIOSFODNN7EXAMPLE",
    "accountId": "123456789012",
    "callerId": "AIDACKCEVSQ6C2EXAMPLE",
    "cognitoIdentity": None,
    "principalOrgId": "o-exampleorgid",
    "userArn": "arn:aws:iam::123456789012:user/somebody",
    "userId": "AIDACKCEVSQ6C2EXAMPLE",
}
CALLER = {"apiKey": "not-a-real-key", "apiKeyId": "k1b2c3d4e5", "userArn": IAM["userArn"], "caller": IAM["callerId"]}


def _within(event: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Return an event with other entries of its requestContext."""
    return {**event, "requestContext": {**event["requestContext"], **context}}


def _identity(event: dict[str, Any], **identity: Any) -> dict[str, Any]:
    return _within(event, identity={**event["requestContext"]["identity"], **identity})


def _without(event: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}


def _http_api_1(ask: Ask, stage: str) -> dict[str, Any]:
    """Return an HTTP API's event in payload format 1.0: the stage stands in the path."""
    path = ask.path if stage == "$default" else f"/{stage}{ask.path}"
    return _within(rest_api(ask, stage=stage, version="1.0", path=path), path=path)


CONSOLE: dict[str, Any] = {
    "headers": None,
    "multiValueHeaders": None,
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "stageVariables": None,
}

REST: dict[str, Sample] = {
    "the console's test": (_identity(rest_api(POST, stage="test-invoke-stage", **CONSOLE), **CALLER), RIGHT),
    "a custom domain": (_within(rest_api(POST), path="/inference/toy", domainName="api.example.com"), RIGHT),
    "a custom domain's base path": (rest_api(POST, base_path="/ml/v1"), RIGHT),
    "a base path, a slash at the end": (rest_api(Ask(path="/inference/toy/"), base_path="/ml"), RIGHT),
    "a base path that is a route's": (rest_api(Ask("GET", "/models/toy", body=b""), base_path="/models"), PAGE),
    "a base path, a resource for each route": (
        rest_api(POST, base_path="/v1", resource="/inference/{model}", pathParameters={"model": "toy"}),
        RIGHT,
    ),
    "a base path, a resource without parameters": (
        rest_api(Ask("GET", "/ping", body=b""), base_path="/v1", resource="/ping", pathParameters=None),
        ALIVE,
    ),
    "a stage named like a route": (rest_api(Ask("GET", "/models/toy", body=b""), stage="models"), PAGE),
    "a private API": (
        _identity(rest_api(POST), vpcId="vpc-0123456789abcdef0", vpceId="vpce-0123456789abcdef0"),
        RIGHT,
    ),
    "signed with IAM": (_identity(rest_api(POST), **CALLER, accountId="123456789012"), RIGHT),
    "a Cognito authorizer": (_within(rest_api(POST), authorizer={"claims": CLAIMS}), RIGHT),
    "a Lambda authorizer": (
        _within(rest_api(POST), authorizer={"principalId": "user", "integrationLatency": 12, "tier": "gold"}),
        RIGHT,
    ),
    "mutual TLS": (_identity(rest_api(POST), clientCert=CERTIFICATE), RIGHT),
    "stage variables": (rest_api(POST, stageVariables={"model": "other"}), RIGHT),
    "lists of values only": (
        rest_api(Ask(query="threshold=0&threshold=0.99"), headers=None, queryStringParameters=None),
        Wanted(document=predicted(0.99)),
    ),
    "an HTTP API's format 1.0": (_http_api_1(POST, "$default"), RIGHT),
    "an HTTP API's format 1.0, a stage": (_http_api_1(POST, "prod"), RIGHT),
}
HTTP: dict[str, Sample] = {
    "the default route": (_without(http_api(POST, routeKey="$default"), "pathParameters"), RIGHT),
    "a stage": (http_api(POST, stage="prod"), RIGHT),
    "a stage named like a route": (http_api(Ask("GET", "/models/toy", body=b""), stage="models"), PAGE),
    "a JWT authorizer": (_within(http_api(POST), authorizer={"jwt": {"claims": CLAIMS, "scopes": ["predict"]}}), RIGHT),
    "a Lambda authorizer": (_within(http_api(POST), authorizer={"lambda": {"tier": "gold"}}), RIGHT),
    "signed with IAM": (_within(http_api(POST), authorizer={"iam": IAM}), RIGHT),
    "mutual TLS": (_within(http_api(POST), authentication={"clientCert": CERTIFICATE}), RIGHT),
    "cookies": (http_api(POST, cookies=["one=1", "two=2"]), RIGHT),
    "headers sent twice": (http_api(Ask(headers=(*POST.headers, ("Accept", "a/b"), ("Accept", "*/*")))), RIGHT),
    "a content type sent twice": (http_api(Ask(headers=POST.headers * 2)), Wanted(415, "unsupported-media-type")),
    "header names as written": (
        http_api(POST, headers={"Header1": "value1,value2", "Content-Type": "text/csv"}),
        Wanted(415, "unsupported-media-type"),
    ),
    "no entry that may be absent": (
        _without(http_api(POST), "headers", "routeKey", "rawQueryString", "pathParameters", "isBase64Encoded"),
        RIGHT,
    ),
    "values joined, the query not told": (
        _without(http_api(Ask(query="threshold=0&threshold=1")), "rawQueryString"),
        Wanted(400, "invalid-parameter"),
    ),
    "broken base64": (http_api(POST, isBase64Encoded=True), Wanted(400, "invalid-json")),
}
URL: dict[str, Sample] = {
    "signed with IAM": (_within(function_url(POST), accountId="123456789012", authorizer={"iam": IAM}), RIGHT),
    "without route and stage": (
        {
            **function_url(POST),
            "requestContext": _without(function_url(POST)["requestContext"], "routeKey", "stage", "authentication"),
        },
        RIGHT,
    ),
    "cookies": (function_url(POST, cookies=["one=1"]), RIGHT),
    "a browser's GET": (
        function_url(Ask("GET", "/ping", headers=(("Sec-Fetch-Mode", "navigate"), ("Accept", "text/html")), body=b"")),
        ALIVE,
    ),
    "nulls": (function_url(POST, queryStringParameters=None, cookies=None, stageVariables=None), RIGHT),
}
BALANCER: dict[str, Sample] = {
    "a health check": (
        load_balancer(
            Ask("GET", "/health", body=b""), headers={"user-agent": "ELB-HealthChecker/2.0"}, queryStringParameters={}
        ),
        Wanted(
            document=lambda model: {
                "status": "ready",
                "models": {"toy": {"status": "ready", "version": model.version}},
            }
        ),
    ),
    "a health check, multi-value": (
        load_balancer(
            Ask("GET", "/ping", body=b""), multiple=True, multiValueHeaders={"user-agent": ["ELB-HealthChecker/2.0"]}
        ),
        ALIVE,
    ),
    "a problem, multi-value": (load_balancer(Ask(body=b"{"), multiple=True), Wanted(400, "invalid-json")),
    "no query, no headers": (load_balancer(POST, headers=None, queryStringParameters=None), RIGHT),
    "a plus in the query": (load_balancer(Ask(query="threshold=+0.5")), Wanted(400, "invalid-parameter")),
    "certificates": (
        load_balancer(Ask(headers=(*POST.headers, ("x-amzn-mtls-clientcert-subject", "CN=client")))),
        RIGHT,
    ),
    "lower case method": (load_balancer(POST, httpMethod="post"), RIGHT),
}
FORMS = {"REST API": REST, "HTTP API": HTTP, "function URL": URL, "load balancer": BALANCER}
