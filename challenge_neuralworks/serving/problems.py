"""Errors as problem documents (RFC 9457): the one place that knows which error is which status."""

from __future__ import annotations

import json

from challenge_neuralworks import errors
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.request import PROBLEM, Origin, Response

if TYPE_CHECKING:
    from typing import Any

STATUSES: dict[type[errors.NeuralworksError], tuple[int, str]] = {
    errors.InvalidJson: (400, "The body is no acceptable JSON"),
    errors.InvalidInstances: (400, "The input does not fit the model's signature"),
    errors.InvalidParameter: (400, "A parameter has an unusable value"),
    errors.NestedTooDeeply: (400, "The body is nested too deeply"),
    errors.NotExplainable: (400, "The model has no explanations"),
    errors.NoReceipts: (400, "There are no receipts here"),
    errors.UnrecognisedEvent: (400, "The event has no known shape"),
    errors.KeyRequired: (403, "An API key is required"),
    errors.UnknownRoute: (404, "There is no such route"),
    errors.UnknownVersion: (404, "There is no such version of the model"),
    errors.UnknownModel: (404, "There is no such model"),
    errors.MethodNotAllowed: (405, "The route does not take this method"),
    errors.BodyTooLarge: (413, "The body is too large"),
    errors.TooManyInstances: (413, "The request has too many instances"),
    errors.UnsupportedMediaType: (415, "The body's media type is not understood"),
    errors.ModelUnavailable: (503, "The model is not available"),
}
BAD_REQUEST = (400, "The request cannot be answered")
INTERNAL = (500, "Internal error")
TYPE = "urn:challenge-neuralworks:problem:"


def problem(error: errors.NeuralworksError, request_id: str, origin: Origin) -> Response:
    """Return the answer to an error.

    Any error that is not in `STATUSES` is ours, not the caller's: 500, with the request id and nothing else.
    """
    status, title = STATUSES.get(type(error), BAD_REQUEST if isinstance(error, errors.RequestError) else INTERNAL)
    if status == INTERNAL[0]:
        return internal(request_id, origin, error.code, str(error))
    document = _document(error.code, status, title, request_id)
    document["detail"] = str(error)
    if isinstance(error, errors.InvalidInstances):
        document["errors"] = [fault._asdict() for fault in error.faults]
        document["truncated"] = error.truncated
    if isinstance(error, errors.UnknownModel):
        document["models"] = list(error.known)
    code, evidence = error.code, ""
    if isinstance(error, errors.ModelUnavailable):
        # The caller learns that a check failed; which digests differ is for the log.
        code, evidence, origin = error.cause.code, str(error.cause), Origin(origin.route, error.name)
    return Response(status, json.dumps(document), origin, 0, PROBLEM, _headers(error), error=code, evidence=evidence)


def internal(request_id: str, origin: Origin, code: str, evidence: str) -> Response:
    """Return the 500 of a failure whose cause only the log may know."""
    document = _document(errors.NeuralworksError.code, *INTERNAL, request_id)
    return Response(INTERNAL[0], json.dumps(document), origin, 0, PROBLEM, error=code, evidence=evidence)


def _document(code: str, status: int, title: str, request_id: str) -> dict[str, Any]:
    return {"type": TYPE + code, "title": title, "status": status, "code": code, "request_id": request_id}


def _headers(error: errors.NeuralworksError) -> tuple[tuple[str, str], ...]:
    if isinstance(error, errors.MethodNotAllowed):
        return (("Allow", ", ".join(error.allowed)),)
    if isinstance(error, errors.ModelUnavailable):
        return (("Retry-After", "30"),)
    return ()
