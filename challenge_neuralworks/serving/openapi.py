"""The OpenAPI 3.1 document, made from the routes' contract and the served models' signatures."""

from __future__ import annotations

from challenge_neuralworks import __version__
from challenge_neuralworks.errors import ModelUnavailable
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.problems import INTERNAL, STATUSES
from challenge_neuralworks.serving.request import JSON, PROBLEM

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store import FolderStore

KEY: list[dict[str, list[str]]] = [{"api_key": []}]

FAULTS = dict((*STATUSES.values(), INTERNAL, (403, "No API key, or a wrong one")))
"""Status -> what it means; of several errors with one status the last one's title."""

_OBJECT = {"type": "object"}


def document(store: FolderStore) -> dict[str, Any]:
    """Return the OpenAPI document of what a store serves now; a model that is down is left out."""
    models = ready_models(store)
    paths: dict[str, Any] = {f"/inference/{model.name}": {"post": _inference(model)} for model in models}
    paths |= {
        "/models": {"get": _read("list_models", "What is served", _OBJECT, key=True)},
        "/models/{model}": {"get": _one_model(models)},
        "/health": {"get": _read("health", "Whether each model can answer, and its version", _OBJECT, faults=(503,))},
        "/ping": {"get": _read("ping", "Whether the process answers", _OBJECT)},
        "/openapi.json": {"get": _read("openapi", "This document", _OBJECT)},
        "/docs": {"get": _page("docs", "The reference, for people")},
        "/": {"get": _page("home", "Where to go from here")},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "challenge_neuralworks",
            "version": __version__,
            "description": "Predictions of scikit-learn models, served without scikit-learn.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "securitySchemes": {"api_key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
            "schemas": {"Problem": _problem_schema(), **{schema_name(m): m.signature.json_schema() for m in models}},
        },
    }


def ready_models(store: FolderStore) -> list[Model]:
    """Return the models of a store that pass their checks."""
    found = []
    for name in store.names():
        try:
            found.append(store.get(name))
        except ModelUnavailable:
            continue
    return found


def schema_name(model: Model) -> str:
    """Return the component name of a model's instance, e.g. ``DelayInstance``."""
    return "".join(part.title() for part in model.name.split("_")) + "Instance"


def _inference(model: Model) -> dict[str, Any]:
    instance = {"$ref": f"#/components/schemas/{schema_name(model)}"}
    batch = {
        "type": "object",
        "properties": {"instances": {"type": "array", "items": instance, "minItems": 1}},
        "required": ["instances"],
        "additionalProperties": False,
    }
    example = model.signature.example()
    return {
        "operationId": f"predict_{model.name}",
        "summary": f"Predict with {model.name}",
        "description": model.artifact.manifest.description,
        "security": KEY,
        "parameters": [_threshold(model)] if len(model.classes) == 2 else [],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": {"oneOf": [instance, batch]},
                    "examples": {"one": {"value": example}, "many": {"value": {"instances": [example, example]}}},
                }
            },
        },
        "responses": {
            "200": {
                "description": "Predictions, in the order of the instances",
                "content": {JSON: {"schema": {"oneOf": [_answer(model, many=False), _answer(model, many=True)]}}},
            },
            **_faults(400, 403, 405, 413, 415, 500, 503),
        },
    }


def _threshold(model: Model) -> dict[str, Any]:
    return {
        "name": "threshold",
        "in": "query",
        "description": f"Least probability of {model.classes[1]!r} for that label; {model.threshold} where absent",
        "schema": {"type": "number", "minimum": 0, "maximum": 1},
    }


def _answer(model: Model, *, many: bool) -> dict[str, Any]:
    values = {"prediction": _prediction(model)}
    if model.classes:
        values["label"] = {"enum": list(model.classes)}
    if many:
        values = {f"{name}s": {"type": "array", "items": value} for name, value in values.items()}
    return {
        "type": "object",
        "properties": {
            "model": {"const": model.name},
            "version": {"type": "string"},
            **values,
            "warnings": {"type": "array", "items": _fault_schema()},
        },
        "required": ["model", "version", *values],
        "additionalProperties": False,
    }


def _prediction(model: Model) -> dict[str, Any]:
    if not model.classes:
        return {"type": "number", "description": "The predicted value"}
    return {
        "type": "array",
        "items": {"type": "number", "minimum": 0, "maximum": 1},
        "minItems": len(model.classes),
        "maxItems": len(model.classes),
        "description": f"Probability of each class, in this order: {list(model.classes)}",
    }


def _one_model(models: list[Model]) -> dict[str, Any]:
    operation = _read(
        "describe_model", "One model's signature, version and metrics", _OBJECT, key=True, faults=(404, 503)
    )
    names = [model.name for model in models]
    schema = {"type": "string", "examples": names} if names else {"type": "string"}
    operation["parameters"] = [{"name": "model", "in": "path", "required": True, "schema": schema}]
    return operation


def _read(name: str, summary: str, schema: Any, *, key: bool = False, faults: tuple[int, ...] = ()) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "security": KEY if key else [],
        "responses": {
            "200": {"description": summary, "content": {JSON: {"schema": schema}}},
            **_faults(*faults, *((403,) if key else ()), 405, 500),
        },
    }


def _page(name: str, summary: str) -> dict[str, Any]:
    operation = _read(name, summary, _OBJECT)
    operation["responses"]["200"]["content"] = {"text/html": {"schema": {"type": "string"}}}
    return operation


def _faults(*statuses: int) -> dict[str, Any]:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    # API Gateway itself answers a missing key, in a shape of its own.
    forbidden = {JSON: {"schema": {"type": "object", "properties": {"message": {"type": "string"}}}}}
    return {
        str(status): {"description": FAULTS[status], "content": forbidden if status == 403 else problem}
        for status in sorted(statuses)
    }


def _fault_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
        "required": ["pointer", "code", "detail"],
        "additionalProperties": False,
    }


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            **{name: {"type": "string"} for name in ("type", "title", "detail", "code", "request_id")},
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": _fault_schema()},
            "truncated": {"type": "boolean"},
            "models": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["type", "title", "status", "code", "request_id"],
    }
