"""The OpenAPI document: valid, complete, and its examples are what is really said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from challenge_neuralworks.gateway.access import needs_key
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.openapi import document
from challenge_neuralworks.serving.openapi.inference import EXPLAINED
from challenge_neuralworks.settings import Settings
from tests.making import ROOT, TOY, TOY_SCORER, Context, rest_event, seal
from tests.serving.conftest import Call

SERVED = build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False))
DOCUMENT = document(SERVED.store)


def operations(made: dict[str, Any] = DOCUMENT) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of each."""
    for path, item in made["paths"].items():
        yield from ((path, method, operation) for method, operation in item.items())


def resolved(part: dict[str, Any]) -> Any:
    """Return what a part refers to, or the part itself."""
    found: Any = DOCUMENT
    for key in part.get("$ref", "#")[2:].split("/") if "$ref" in part else ():
        found = found[key]
    return found if "$ref" in part else part


def validate(value: Any, schema: Any, made: dict[str, Any] = DOCUMENT) -> None:
    """Fail where a value does not fit a schema of the document."""
    whole = {**schema, "components": made["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)


def bodies() -> Iterator[Any]:
    """Yield path, name and value of each request's example."""
    for path, _, operation in operations():
        content = operation.get("requestBody", {}).get("content", {})
        for name, example in content.get("application/json", {}).get("examples", {}).items():
            yield pytest.param(path, name, example["value"], operation, id=f"{path}-{name}")


def answers() -> Iterator[Any]:
    """Yield media type, schema and value of each example of an answer, reusable ones once."""
    inline = [part for _, _, operation in operations() for part in operation["responses"].values()]
    for response in [*DOCUMENT["components"]["responses"].values(), *(part for part in inline if "$ref" not in part)]:
        for media_type, body in response.get("content", {}).items():
            for name, example in body.get("examples", {}).items():
                yield pytest.param(body["schema"], example["value"], id=f"{media_type}-{name}")


def send(path: str, body: Any, **changes: Any) -> Any:
    """Return the body of what the committed models answer."""
    return json.loads(SERVED(rest_event("POST", path, body, **changes), Context())["body"])


def test_the_document_is_valid(call: Call) -> None:
    """A public validator of OpenAPI 3.1 accepts it, of whatever models."""
    OpenAPIV31SpecValidator(json.loads(call("GET", "/openapi.json")["body"])).validate()
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_is_in_it(call: Call, handler: Application) -> None:
    """Each route stands there, inference once for each model; HEAD where probes use it."""
    made = json.loads(call("GET", "/openapi.json")["body"])
    routes = {
        (route.pattern.replace("/inference/{model}", "/inference/toy"), route.method.lower())
        for route in handler.router.routes
    }
    assert {(path, method) for path, method, _ in operations(made)} == routes | {("/health", "head"), ("/ping", "head")}


def test_keys_are_asked_where_the_gateway_asks() -> None:
    """Whether an operation needs a key is what the local gateway does, for every one."""
    stated = {(path, method): bool(operation["security"]) for path, method, operation in operations()}
    assert stated == {(path, method): needs_key(method.upper(), path) for path, method, _ in operations()}


def test_operations_are_told_apart_and_described() -> None:
    """Each has an id of its own, a summary, a description, and one of the document's tags."""
    found = [operation for _, _, operation in operations()]
    assert len({operation["operationId"] for operation in found}) == len(found)
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert {tag for operation in found for tag in operation["tags"]} == tags
    assert [operation for operation in found if not (operation["summary"] and operation["description"])] == []


@pytest.mark.parametrize(("path", "name", "body", "operation"), list(bodies()))
def test_every_example_of_a_request_is_answered_as_it_says(path: str, name: str, body: Any, operation: Any) -> None:
    """It fits its schema, and what comes back fits the answer's and is the answer's example of that name."""
    validate(body, operation["requestBody"]["content"]["application/json"]["schema"])
    query = {"explain": "true"} if name == EXPLAINED else None
    version = SERVED.store.get(name).version if path.startswith("/v2") else ""
    answer = send(path.format(model=name, version=version), body, queryStringParameters=query)
    promised = operation["responses"]["200"]["content"]["application/json"]
    validate(answer, promised["schema"])
    assert answer == promised["examples"][name]["value"]
    assert "warnings" not in answer


@pytest.mark.parametrize(("schema", "value"), list(answers()))
def test_every_example_of_an_answer_fits_its_schema(schema: Any, value: Any) -> None:
    """Faults and the gateway's own words included."""
    validate(value, schema)


def test_examples_of_faults_are_real() -> None:
    """Provoked, they come back word for word."""
    model = SERVED.store.get("delay")
    faulty = {**model.signature.example(), "OPERA": True}
    del faulty["DIANOM"]
    provoked = {
        "invalid-instances": send("/inference/delay", faulty),
        "invalid-parameter": send("/inference/delay", "{}", queryStringParameters={"explain": "yes"}),
        "unknown-model": send("/inference/nosuch", "{}"),
        "method-not-allowed": json.loads(SERVED(rest_event("PUT", "/models"), Context())["body"]),
        "unsupported-media-type": send("/inference/delay", "a", headers={"content-type": "text/csv"}),
        "too-many-instances": send("/inference/delay", {"instances": [{}] * 10_001}),
    }
    shown = resolved(DOCUMENT["paths"]["/inference/delay"]["post"]["responses"]["400"])
    responses = [shown, *DOCUMENT["components"]["responses"].values()]
    examples: dict[str, Any] = {}
    for response in responses:
        examples |= response["content"].get("application/problem+json", {}).get("examples", {})
    assert {name: examples[name]["value"] for name in provoked} == provoked


@pytest.mark.parametrize(
    "path", ["/models", "/models/delay", "/health", "/ping", "/openapi.json", "/v2", "/v2/models/income"]
)
def test_what_is_read_fits_its_schema(path: str) -> None:
    """What GET answers is what the document says of it."""
    operation = DOCUMENT["paths"][path.replace("delay", "{model}").replace("income", "{model}")]["get"]
    body = json.loads(SERVED(rest_event("GET", path), Context())["body"])
    validate(body, operation["responses"]["200"]["content"]["application/json"]["schema"])


def test_links_lead_to_operations_with_their_parameters() -> None:
    """A link names an operation, its path parameters, and a body that fits where the operation takes one."""
    by_id = {operation["operationId"]: (path, operation) for path, _, operation in operations()}
    links = [
        link for _, _, operation in operations() for link in operation["responses"]["200"].get("links", {}).values()
    ]
    assert len(links) > 10
    for link in links:
        path, operation = by_id[link["operationId"]]
        assert set(link.get("parameters", {})) == {name for name in ("model", "version") if f"{{{name}}}" in path}
        assert ("requestBody" in link) == ("requestBody" in operation)
        if "requestBody" in link:
            validate(link["requestBody"], operation["requestBody"]["content"]["application/json"]["schema"])


def test_a_category_that_accepts_others_is_not_an_enum(call: Call) -> None:
    """SIGLADES of delay takes new routes: the schema must not forbid them, and says which it knows."""
    field = DOCUMENT["components"]["schemas"]["DelayInstance"]["properties"]["SIGLADES"]
    assert "enum" not in field
    assert "Miami" in field["x-known"]
    made = json.loads(call("GET", "/openapi.json")["body"])
    assert made["components"]["schemas"]["ToyInstance"] == TOY.json_schema()


def test_a_model_that_is_down_is_left_out(tmp_path: Path) -> None:
    """The others are described all the same."""
    seal(tmp_path, "good")
    seal(tmp_path, "bad")
    next((tmp_path / "bad").glob("*.pkl")).write_bytes(b"broken")
    made = document(build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False)).store)
    assert [path for path in made["paths"] if path.startswith("/inference/")] == ["/inference/good"]
    assert made["components"]["parameters"]["Model"]["schema"]["enum"] == ["good"]


def test_a_service_without_models_is_described(tmp_path: Path) -> None:
    """Nothing is served yet: the document is valid, and promises no predictions."""
    made = document(build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False)).store)
    OpenAPIV31SpecValidator(made).validate()
    assert [path for path in made["paths"] if path.startswith("/inference/")] == []


def test_a_model_without_explanations_promises_none(call: Call) -> None:
    """The toy's scorer explains nothing: no parameter, no example, no schema of it."""
    made = json.loads(call("GET", "/openapi.json")["body"])
    assert not hasattr(TOY_SCORER, "explain")
    operation = made["paths"]["/inference/toy"]["post"]
    told = [parameter.get("name", parameter.get("$ref")) for parameter in operation["parameters"]]
    assert told == ["threshold", "#/components/parameters/Receipt"]
    assert "explanation" not in made["components"]["schemas"]["ToyAnswer"]["properties"]
    assert list(operation["requestBody"]["content"]["application/json"]["examples"]) == ["single", "batch"]
