"""The variant that API Gateway imports: every route, the local gateway's keys, and the function behind all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from challenge_neuralworks.gateway.access import needs_key
from challenge_neuralworks.gateway.options import TIMEOUT_S
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.openapi import document
from challenge_neuralworks.serving.openapi.rest_api import ANY, rest_api
from challenge_neuralworks.settings import Settings
from tests.making import ROOT, seal

SERVED = build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False))
OPEN, LOCKED = (rest_api(document(SERVED.store), locked=locked) for locked in (False, True))


def operations(made: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of each."""
    for path, item in made["paths"].items():
        yield from ((path, method, operation) for method, operation in item.items())


def test_it_is_openapi_3_0() -> None:
    """A public validator accepts it, once `{proxy+}` is called as AWS calls its parameter."""
    OpenAPIV30SpecValidator(json.loads(json.dumps(OPEN).replace("{proxy+}", "{proxy}"))).validate()
    assert OPEN["openapi"] == "3.0.1"


def test_it_has_the_routes_and_whatever_else_is_asked() -> None:
    """Each route with its methods, HEAD where it is GET, OPTIONS and any other; the rest goes to the function, too."""
    expected: dict[str, set[str]] = {"/{proxy+}": {"options", ANY}}
    for route in SERVED.router.routes:
        methods = {"get", "head"} if route.method == "GET" else {route.method.lower()}
        expected.setdefault(route.pattern, {"options", ANY}).update(methods)
    assert {path: set(item) for path, item in OPEN["paths"].items()} == expected


@pytest.mark.parametrize(("made", "locked"), [(OPEN, False), (LOCKED, True)])
def test_keys_are_asked_where_the_local_gateway_asks(made: dict[str, Any], locked: bool) -> None:
    """Every operation, the pages open or locked: on AWS as here."""
    for path, method, operation in operations(made):
        asked = "PUT" if method == ANY else method.upper()
        needed = needs_key(asked, path.replace("{proxy+}", "nosuch"), locked=locked)
        assert operation["security"] == ([{"api_key": []}] if needed else []), (method, path)


def test_the_function_is_behind_every_operation() -> None:
    """As a proxy, called by POST, waited for as long as the local gateway waits; Terraform fills in its address."""
    integrations = [operation["x-amazon-apigateway-integration"] for _, _, operation in operations(OPEN)]
    assert len(integrations) > 50
    for integration in integrations:
        assert integration == {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": "${integration_uri}",
            "passthroughBehavior": "when_no_match",
            "timeoutInMillis": TIMEOUT_S * 1000,
        }


def test_templatefile_fills_in_the_address_and_nothing_else() -> None:
    """Terraform reads `${` and `%{`: there is one such name."""
    text = json.dumps(OPEN)
    assert set(re.findall(r"[$%]{.*?}", text)) == {"${integration_uri}"}


def test_keys_come_in_the_header_and_bytes_stay_bytes() -> None:
    """What the API's own settings must be for keys and binary tensors to work."""
    assert OPEN["x-amazon-apigateway-api-key-source"] == "HEADER"
    assert OPEN["components"]["securitySchemes"]["api_key"] == {"type": "apiKey", "name": "x-api-key", "in": "header"}
    assert OPEN["x-amazon-apigateway-binary-media-types"] == ["application/octet-stream"]


def test_what_api_gateway_says_itself_keeps_its_body() -> None:
    """Its own message, readable from any origin; who is throttled learns when to come back."""
    said = OPEN["x-amazon-apigateway-gateway-responses"]
    assert {name: response.get("statusCode") for name, response in said.items()} == {
        "DEFAULT_4XX": None,
        "DEFAULT_5XX": None,
        "THROTTLED": "429",
        "QUOTA_EXCEEDED": "429",
    }
    waits = {
        name: response["responseParameters"].get("gatewayresponse.header.Retry-After")
        for name, response in said.items()
    }
    assert waits == {"DEFAULT_4XX": None, "DEFAULT_5XX": None, "THROTTLED": "'1'", "QUOTA_EXCEEDED": "'3600'"}
    for response in said.values():
        assert response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
        assert response["responseTemplates"] == {"application/json": '{"message":$context.error.messageString}'}


def test_models_do_not_change_it(tmp_path: Path, handler: Application) -> None:
    """Other models, or none: the API need not be deployed again."""
    seal(tmp_path, "another")
    stores = (handler.store, build(Settings(models_dir=str(tmp_path / "none"), log_level="OFF", metrics=False)).store)
    assert [rest_api(document(store)) for store in stores] == [OPEN, OPEN]
