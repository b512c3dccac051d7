"""The OpenAPI 3.1 document of what a store serves now."""

from __future__ import annotations

from challenge_neuralworks import __version__
from challenge_neuralworks.errors import ModelUnavailable
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.openapi import catalogue, faults, inference, protocol

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store import FolderStore

DESCRIPTION = """\
Predictions of scikit-learn models, served without scikit-learn.

All bodies are JSON in UTF-8; what goes wrong is a problem document (RFC 9457), except where API Gateway itself answers
and under `/v2`, whose errors have that protocol's shape. Routes that GET take HEAD, all routes take OPTIONS; any origin
may call. The key travels in the header `x-api-key`.
"""

TAGS = {
    "predictions": "Instances in, predictions out: one route a model.",
    "models": "What is served.",
    "protocol": "The Open Inference Protocol, version 2, for its clients.",
    "service": "Whether it is well.",
    "pages": "This contract, for programs and for people.",
}


def document(store: FolderStore) -> dict[str, Any]:
    """Return the OpenAPI document; a model that is down is left out."""
    models = ready_models(store)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "challenge_neuralworks",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        # Relative to where this document is: a stage's prefix stays in front.
        "servers": [{"url": ".", "description": "Where this document comes from"}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": {
            **{f"/inference/{model.name}": inference.path(model, store) for model in models},
            **catalogue.paths(models),
            **protocol.paths(models, store),
        },
        "components": {
            "securitySchemes": {
                "api_key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "x-api-key",
                    "description": "Checked by API Gateway, or by the local gateway (there `local-dev-key` by default)",
                }
            },
            "parameters": {
                "Model": catalogue.model_parameter(models),
                **inference.parameters(models),
                **protocol.parameters(models),
            },
            "headers": faults.headers(),
            "responses": {**faults.responses(models), **protocol.responses(models)},
            "schemas": {**inference.schemas(models), **catalogue.schemas(), **protocol.schemas(), **faults.schemas()},
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
