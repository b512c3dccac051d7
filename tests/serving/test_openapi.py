"""The OpenAPI document: valid, complete, and its examples run."""

from __future__ import annotations

import json

import jsonschema
from openapi_spec_validator import OpenAPIV31SpecValidator

from challenge_neuralworks.serving import Application
from tests.making import Context, rest_event
from tests.serving.conftest import Call


def test_the_document_is_valid(call: Call) -> None:
    """A public validator of OpenAPI 3.1 accepts it."""
    OpenAPIV31SpecValidator(json.loads(call("GET", "/openapi.json")["body"])).validate()


def test_every_route_is_in_it(call: Call, handler: Application) -> None:
    """Each route stands there, inference once for each model."""
    paths = json.loads(call("GET", "/openapi.json")["body"])["paths"]
    expected = {(route.pattern.replace("{model}", "toy"), route.method) for route in handler.router.routes}
    found = {(path.replace("{model}", "toy"), method.upper()) for path, item in paths.items() for method in item}
    assert found == expected


def test_its_examples_are_answered_as_it_says(call: Call, handler: Application) -> None:
    """Every example is sent, and the answer fits the documented schema."""
    document = json.loads(call("GET", "/openapi.json")["body"])
    operation = document["paths"]["/inference/toy"]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
        response = handler(rest_event("POST", "/inference/toy", example["value"]), Context())
        jsonschema.validate(json.loads(response["body"]), {**schema, "components": document["components"]})
    problem = {**document["components"]["schemas"]["Problem"], "components": document["components"]}
    jsonschema.validate(json.loads(call("POST", "/inference/toy", {})["body"]), problem)


def test_keys_are_asked_where_the_contract_says(call: Call) -> None:
    """Predictions and models need a key; health, docs and pages do not."""
    paths = json.loads(call("GET", "/openapi.json")["body"])["paths"]
    keyed = {path for path, item in paths.items() for operation in item.values() if operation["security"]}
    assert keyed == {"/inference/toy", "/models", "/models/{model}"}
