"""The OpenAPI documents, made from the routes' contract and the served models' signatures."""

from challenge_neuralworks.serving.openapi.document import document, ready_models

__all__ = ["document", "ready_models"]
