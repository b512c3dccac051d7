"""The routes that read: models, health, and the pages."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.openapi.faults import faults
from challenge_neuralworks.serving.openapi.inference import KEY, predict_id
from challenge_neuralworks.serving.openapi.shapes import PROBABILITY, STRING, array, content, exact, ref, response
from challenge_neuralworks.serving.request import HTML, JSON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.openapi.shapes import Schema

MODELS = ("What is served", "Every model's name, its state and, where it can answer, its version.")
MODEL = ("One model", "Its signature as JSON Schema, version, digest, classes, metrics, and what it was trained on.")
HEALTH = ("Whether each model can answer", "200 while any model can, with the state and version of each.")
PING = ("Whether the process answers", "Loads no model: for probes that restart what does not answer.")
OPENAPI = ("This document", "OpenAPI 3.1, made from the signatures of the models that can answer now.")
DOCS = ("The reference, for people", "This document as a page that calls can be made from.")
HOME = ("The playground, for people", "A form for each model, and what it predicts.")
"""Summary and description of an operation."""


def paths(models: Sequence[Model]) -> Schema:
    """Return the path items."""
    health = _read("health", HEALTH, "service", ref("schemas", "Health"))
    health["responses"]["503"] = {**health["responses"]["200"], "description": "No model can answer"}
    ping = _read("ping", PING, "service", exact({"status": {"const": "alive"}}))
    return {
        "/models": {"get": _models(models)},
        "/models/{model}": {"get": _model(models)},
        "/health": {"get": health, "head": _head(health)},
        "/ping": {"get": ping, "head": _head(ping)},
        "/openapi.json": {"get": _page("openapi", OPENAPI, JSON, {"type": "object"})},
        "/docs": {"get": _page("docs", DOCS, HTML, STRING)},
        "/": {"get": _page("home", HOME, HTML, STRING)},
    }


def schemas() -> Schema:
    """Return what these routes answer."""
    ready = {"status": {"const": "ready"}, "version": STRING}
    code = {**STRING, "description": "The check that failed", "examples": ["digest-mismatch"]}
    down = {"status": {"const": "down"}, "code": code}
    kinds = [{**kind, "following": ref("schemas", "Following")} for kind in (ready, down)]
    states = {"oneOf": [exact(kind, optional=("following",)) for kind in kinds]}
    listed = {"oneOf": [exact({"name": STRING, **kind}, optional=("following",)) for kind in kinds]}
    return {
        "Following": _following(),
        "Models": exact({"models": array(listed)}),
        "Health": exact(
            {
                "status": {"enum": ["ready", "degraded", "down"], "description": "Of all, some or no models"},
                "models": {"type": "object", "additionalProperties": states},
            }
        ),
        "Model": exact(
            {
                "name": STRING,
                "version": STRING,
                "created": {**STRING, "format": "date-time"},
                "description": STRING,
                "digest": {**STRING, "pattern": "^sha256:[0-9a-f]{64}$", "description": "Of the pickle"},
                "seal": exact(
                    {
                        "status": {"enum": ["verified", "unsigned", "unchecked"], "description": "Of the signature"},
                        "key": {"type": ["string", "null"], "description": "Fingerprint of the key, 12 letters of it"},
                    }
                ),
                "task": {"enum": ["classification", "regression"]},
                "classes": array({"type": ["integer", "string"]}, description="In the order of a prediction"),
                "threshold": {"oneOf": [PROBABILITY, {"type": "null"}], "description": "Of two classes, else null"},
                "signature": {"type": "object", "description": "JSON Schema of an instance"},
                "metrics": {"type": "object", "description": "How well it does, on which data"},
                "trained": {"type": "object", "description": "On what, by which code and packages"},
            }
        ),
    }


def _following() -> Schema:
    moment = {"type": ["string", "null"], "format": "date-time"}
    return exact(
        {
            "alias": {**STRING, "description": "Of a store, which says what is served"},
            "version": {"type": ["string", "null"], "description": "That it named; null where another is served"},
            "since": {**moment, "description": "When this process began to serve that version"},
            "checked": {**moment, "description": "When the alias was last read and all was well"},
            "code": {"type": ["string", "null"], "description": "Of the failure, where all is not well since"},
            "stale": {"type": "boolean", "description": "The alias may name another version by now"},
        },
        description="Where models come out of a store",
    )


def model_parameter(models: Sequence[Model]) -> Schema:
    """Return the path parameter that names a model."""
    names = [model.name for model in models]
    schema = {**STRING, **({"enum": names} if names else {})}
    return {"name": "model", "in": "path", "required": True, "description": "One of those served", "schema": schema}


def _models(models: Sequence[Model]) -> Schema:
    operation = _read("list_models", MODELS, "models", ref("schemas", "Models"), key=True)
    first = {"operationId": "describe_model", "parameters": {"model": "$response.body#/models/0/name"}}
    operation["responses"]["200"]["links"] = {"describe": first, **_predictions(models)}
    return operation


def _model(models: Sequence[Model]) -> Schema:
    operation = _read("describe_model", MODEL, "models", ref("schemas", "Model"), key=True, statuses=(404, 503))
    operation["parameters"] = [ref("parameters", "Model")]
    operation["responses"]["200"]["links"] = {
        "protocol": {"operationId": "protocol_model", "parameters": {"model": "$response.body#/name"}},
        **_predictions(models),
    }
    return operation


def _predictions(models: Sequence[Model]) -> Schema:
    # Any of the models, not only the one described: an example of its signature is what it takes.
    return {
        predict_id(model): {"operationId": predict_id(model), "requestBody": model.signature.example()}
        for model in models
    }


def _read(
    name: str, told: tuple[str, str], tag: str, schema: Any, *, key: bool = False, statuses: tuple[int, ...] = ()
) -> Schema:
    summary, description = told
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": [tag],
        "security": KEY if key else [],
        "responses": {
            "200": response(summary, content(JSON, schema)),
            **faults(*statuses, *((403,) if key else ())),
        },
    }


def _head(got: Schema) -> Schema:
    answers = {
        status: {"description": answer["description"], "headers": answer["headers"]} if "content" in answer else answer
        for status, answer in got["responses"].items()
    }
    return {**got, "operationId": f"{got['operationId']}_head", "responses": answers}


def _page(name: str, told: tuple[str, str], media_type: str, schema: Any) -> Schema:
    operation = _read(name, told, "pages", schema)
    operation["responses"] = {
        "200": response(told[0], content(media_type.partition(";")[0], schema)),
        "403": ref("responses", "KeyRequired"),
        **faults(),
    }
    return operation
