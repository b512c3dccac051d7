"""The document as API Gateway's REST API imports it: routes, keys and the function behind them, nothing else.

Version 3.0.1, because the import reads no 3.1; no schemas, because the function checks what it is sent. It depends on
the routes alone: another model, or another version of one, changes nothing.

Source: AWS, "OpenAPI extensions for API Gateway" and "Amazon API Gateway important notes".
"""

from __future__ import annotations

import re

from challenge_neuralworks import __version__
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.openapi.inference import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

INTEGRATION_URI = "${integration_uri}"
"""What Terraform's `templatefile` puts the function's invocation ARN in place of."""

PREDICT = "/inference/{model}"
ANYTHING_ELSE = "/{proxy+}"
ANY = "x-amazon-apigateway-any-method"

INTEGRATION = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": INTEGRATION_URI,
    "passthroughBehavior": "when_no_match",
    "timeoutInMillis": 29_000,
}

OPEN: list[dict[str, list[str]]] = []

MESSAGE = '{"message":$context.error.messageString}'
"""AWS's own body, stated because a response without a template has none."""


def rest_api(document: dict[str, Any], *, locked: bool = False) -> dict[str, Any]:
    """Return the document to import.

    Parameters
    ----------
    document : what `document` returned.
    locked : the pages take a key, see `Settings.pages`: the function admits callers whose key was checked.
    """
    patterns = {PREDICT: {"post": KEY}, **dict(_patterns(document, locked=locked))}
    paths = {pattern: _path(pattern, methods) for pattern, methods in patterns.items()}
    return {
        "openapi": "3.0.1",
        "info": {"title": document["info"]["title"], "version": __version__},
        "paths": {**paths, ANYTHING_ELSE: _path(ANYTHING_ELSE, {})},
        "components": {"securitySchemes": {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}},
        "x-amazon-apigateway-api-key-source": "HEADER",
        # Only such bodies reach the function as base64; JSON stays text.
        "x-amazon-apigateway-binary-media-types": ["application/octet-stream"],
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_4XX": _said(),
            "DEFAULT_5XX": _said(),
            # Buckets fill by the second; a quota's period is a day or more.
            "THROTTLED": {"statusCode": "429", **_said(retry_after_s=1)},
            "QUOTA_EXCEEDED": {"statusCode": "429", **_said(retry_after_s=3600)},
        },
    }


def _patterns(document: dict[str, Any], *, locked: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        if not path.startswith("/inference/"):
            yield path, {method: _security(operation, locked=locked) for method, operation in item.items()}


def _security(operation: dict[str, Any], *, locked: bool) -> Any:
    return KEY if locked and "pages" in operation["tags"] else operation["security"]


def _path(pattern: str, methods: dict[str, Any]) -> dict[str, Any]:
    if "get" in methods:
        methods = {**methods, "head": methods["get"]}
    # A path without a method would be answered 403 by API Gateway, which knows no 405.
    every = {**methods, "options": OPEN, ANY: KEY}
    return {method: _operation(pattern, security) for method, security in every.items()}


def _operation(pattern: str, security: list[dict[str, list[str]]]) -> dict[str, Any]:
    names = [name.rstrip("+") for name in re.findall(r"{(.+?)}", pattern)]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return {
        **({"parameters": parameters} if parameters else {}),
        "security": security,
        # One must be named; the function's own status is what is sent.
        "responses": {"200": {"description": "What the function answers"}},
        "x-amazon-apigateway-integration": INTEGRATION,
    }


def _said(retry_after_s: int = 0) -> dict[str, Any]:
    headers = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    if retry_after_s:
        headers |= {
            "gatewayresponse.header.Retry-After": f"'{retry_after_s}'",
            "gatewayresponse.header.Access-Control-Expose-Headers": "'Retry-After'",
        }
    return {"responseParameters": headers, "responseTemplates": {"application/json": MESSAGE}}
