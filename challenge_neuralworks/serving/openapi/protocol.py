"""The Open Inference Protocol's routes: one set for all models, as its clients expect."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.openapi import tensors
from challenge_neuralworks.serving.openapi.faults import HEADERS, RESPONSES, faults, known
from challenge_neuralworks.serving.openapi.inference import KEY
from challenge_neuralworks.serving.openapi.shapes import INTEGER, STRING, content, exact, ref, response
from challenge_neuralworks.serving.protocol.envelope import LENGTH, OCTETS
from challenge_neuralworks.serving.protocol.metadata import MODEL, VERSION
from challenge_neuralworks.serving.request import JSON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.openapi.shapes import Schema
    from challenge_neuralworks.store import FolderStore

OWN = (400, 404, 405, 413, 415, 500, 503)
"""Statuses whose answer the function gives, in the protocol's shape; the others are API Gateway's."""

SERVER = ("The server", "Its name, version and extensions of the protocol.")
LIVE = ("Whether the process answers", "Always true where it is answered at all.")
READY = ("Whether any model can answer", "The rule of GET /health.")
METADATA = ("A model's tensors", "Its version, and the name, datatype and shape of each input and output.")
MODEL_READY = ("Whether a model can answer", "200 where it can, 503 where its artifact fails a check.")
INFER = (
    "Predict: tensors in, tensors out",
    "One input a field. Shape and data must agree with each other and with the signature, which no schema can say.",
)
"""Summary and description of an operation."""


def paths(models: Sequence[Model], store: FolderStore) -> Schema:
    """Return the path items."""
    at_model, at_version = [ref("parameters", "Model")], [ref("parameters", "Model"), ref("parameters", "Version")]
    ready = exact({"ready": {"type": "boolean"}})
    health = _read("protocol_ready", READY, ready)
    health["responses"]["503"] = {**health["responses"]["200"], "description": "No model can answer"}
    return {
        "/v2": {"get": _read("protocol_server", SERVER, ref("schemas", "ProtocolServer"))},
        "/v2/health/live": {"get": _read("protocol_live", LIVE, exact({"live": {"const": True}}))},
        "/v2/health/ready": {"get": health},
        MODEL: {"get": _metadata("protocol_model", at_model)},
        f"{MODEL}/ready": {"get": _model_ready("protocol_model_ready", at_model)},
        f"{MODEL}/infer": {"post": _infer("protocol_infer", at_model, models, store)},
        VERSION: {"get": _metadata("protocol_version", at_version)},
        f"{VERSION}/ready": {"get": _model_ready("protocol_version_ready", at_version)},
        f"{VERSION}/infer": {"post": _infer("protocol_version_infer", at_version, models, store)},
    }


def parameters(models: Sequence[Model]) -> Schema:
    """Return the parameters of the protocol's own."""
    versions = [model.version for model in models]
    schema = {**STRING, "minLength": 1, **({"examples": versions} if versions else {})}
    length = {
        "name": LENGTH,
        "in": "header",
        "description": "Bytes of the JSON object, where those of tensors follow it",
        "schema": {**INTEGER, "minimum": 1},
    }
    return {
        "Version": {
            "name": "version",
            "in": "path",
            "required": True,
            "description": "The one served",
            "schema": schema,
        },
        "InferenceHeaderContentLength": length,
    }


def responses(models: Sequence[Model]) -> Schema:
    """Return the protocol's twins of the reusable responses."""
    given = {400: ("The body is no JSON, or tensors or parameters are wrong", tensors.FAULTS), **known(models)}
    found = {
        _component(status): response(title, tensors.refusal(errors), HEADERS.get(status, ()))
        for status, (title, errors) in given.items()
    }
    found["ProtocolInternalError"] = response("A defect here", tensors.internal_error())
    return found


def schemas() -> Schema:
    """Return what the protocol's requests and answers are made of."""
    return tensors.schemas()


def _read(name: str, told: tuple[str, str], schema: Any, parameters: Sequence[Schema] = ()) -> Schema:
    summary, description = told
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": ["protocol"],
        "security": KEY,
        **({"parameters": list(parameters)} if parameters else {}),
        "responses": {
            "200": response(summary, content(JSON, schema)),
            **_faults(*((404, 503) if parameters else ())),
        },
    }


def _metadata(name: str, parameters: Sequence[Schema]) -> Schema:
    operation = _read(name, METADATA, ref("schemas", "ProtocolModel"), parameters)
    versioned = {"model": "$response.body#/name", "version": "$response.body#/versions/0"}
    operation["responses"]["200"]["links"] = {
        link: {"operationId": link, "parameters": versioned}
        for link in ("protocol_version", "protocol_version_ready")
        if link != name
    }
    return operation


def _model_ready(name: str, parameters: Sequence[Schema]) -> Schema:
    schema = exact({"name": STRING, "ready": {"const": True}})
    return _read(name, MODEL_READY, schema, parameters)


def _infer(name: str, parameters: Sequence[Schema], models: Sequence[Model], store: FolderStore) -> Schema:
    operation = _read(name, INFER, ref("schemas", "InferResponse"), parameters)
    asked = {model.name: tensors.request(model) for model in models}
    operation["parameters"].append(ref("parameters", "InferenceHeaderContentLength"))
    operation["requestBody"] = {
        "required": True,
        "content": {
            **content(JSON, ref("schemas", "InferRequest"), asked),
            OCTETS: {"schema": {**STRING, "description": "An InferRequest, and behind it the bytes of its tensors"}},
        },
    }
    operation["responses"] |= {
        "200": response(
            "One row of each output for one row of the inputs",
            content(JSON, ref("schemas", "InferResponse"), tensors.answers(store, asked)),
        ),
        **_faults(400, 413, 415),
    }
    operation["responses"] = dict(sorted(operation["responses"].items()))
    return operation


def _component(status: int) -> str:
    return f"Protocol{RESPONSES.get(status, 'BadRequest')}"


def _faults(*statuses: int) -> Schema:
    own = {str(status): ref("responses", _component(status)) for status in OWN if status in (*statuses, 405, 500)}
    return dict(sorted({**faults(403), **own}.items()))
