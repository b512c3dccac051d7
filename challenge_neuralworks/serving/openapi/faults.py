"""What may go wrong: one reusable response a status, with what is really answered as its examples."""

from __future__ import annotations

import json

from challenge_neuralworks import errors
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.body import MAX_BODY_BYTES
from challenge_neuralworks.serving.inference import MAX_INSTANCES
from challenge_neuralworks.serving.openapi.shapes import INTEGER, STRING, array, content, exact, ref, response
from challenge_neuralworks.serving.problems import internal, problem
from challenge_neuralworks.serving.request import JSON, NOWHERE, PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.openapi.shapes import Schema
    from challenge_neuralworks.serving.request import Response

REQUEST_ID = "8f5ab1f0-6c4e-4b7e-9d3b-0a1b2c3d4e5f"

RESPONSES = {
    403: "Forbidden",
    404: "UnknownModel",
    405: "MethodNotAllowed",
    413: "TooLarge",
    415: "UnsupportedMediaType",
    429: "TooManyRequests",
    500: "InternalError",
    502: "BadGateway",
    503: "ModelUnavailable",
    504: "GatewayTimeout",
}
"""Status -> the component that describes it."""

ANYWHERE = (405, 429, 500, 502, 504)
"""What any route may answer."""


def faults(*statuses: int) -> Schema:
    """Return the responses of an operation for these statuses and those that any route may answer."""
    return {str(status): ref("responses", RESPONSES[status]) for status in sorted({*statuses, *ANYWHERE})}


def bad_request(model: Model) -> Schema:
    """Return the 400 of a model's predictions, with the faults of an instance that does not fit it."""
    first, *_, last = model.signature.names
    example = model.signature.example()
    faulty = {**{name: value for name, value in example.items() if name != last}, first: True}
    given: dict[str, errors.NeuralworksError] = {
        "invalid-instances": errors.InvalidInstances(model.signature.faults(faulty)),
        "invalid-json": errors.InvalidJson("Expecting value at line 1, column 1"),
        "invalid-parameter": errors.InvalidParameter("explain", "yes", "true or false"),
        "no-receipts": errors.NoReceipts(),
    }
    return response("The body is no JSON, or instances or a parameter are wrong", _problems(given))


def known(models: Sequence[Model]) -> dict[int, tuple[str, tuple[errors.NeuralworksError, ...]]]:
    """Return, by status, what the function refuses whatever the model: in words, and errors that say it."""
    names = tuple(model.name for model in models)
    down = errors.ModelUnavailable(names[0] if names else "name", errors.GoldenMismatch(0, (), ()))
    return {
        404: ("There is no such model", (errors.UnknownModel("nosuch", names),)),
        405: ("The route does not take this method", (errors.MethodNotAllowed("PUT", ("GET", "HEAD", "OPTIONS")),)),
        413: (
            "The body has too many bytes or instances",
            (
                errors.BodyTooLarge(MAX_BODY_BYTES + 1, MAX_BODY_BYTES),
                errors.TooManyInstances(MAX_INSTANCES + 1, MAX_INSTANCES),
            ),
        ),
        415: ("The body's media type is not JSON in UTF-8", (errors.UnsupportedMediaType("text/csv"),)),
        503: ("The model's artifact fails its checks; the others go on", (down,)),
    }


def responses(models: Sequence[Model]) -> Schema:
    """Return every reusable response."""
    found = {
        RESPONSES[status]: response(title, _problems({error.code: error for error in given}), HEADERS.get(status, ()))
        for status, (title, given) in known(models).items()
    }
    found["TooLarge"]["content"] |= message({"gateway": "Request Too Long"})
    said = ("x-amzn-ErrorType",)
    return {
        **found,
        "Forbidden": response("No API key, or a wrong one; said by API Gateway", message({"gateway": FORBIDDEN}), said),
        "KeyRequired": response(
            "The pages are locked; said by API Gateway, or where it was not asked by the function",
            {**_problems({"key-required": errors.KeyRequired("/docs")}), **message({"gateway": FORBIDDEN})},
            said,
        ),
        "TooManyRequests": response(
            "The key's rate or quota is used up; said by API Gateway",
            message({"rate": "Too Many Requests", "quota": "Limit Exceeded"}),
            ("Retry-After", *said),
        ),
        "InternalError": response("A defect here", _internal_error()),
        "BadGateway": response(
            "The function failed; said by API Gateway", message({"gateway": "Internal server error"}), said
        ),
        "GatewayTimeout": response(
            "No answer within 29 seconds; said by API Gateway", message({"gateway": "Endpoint request timed out"}), said
        ),
    }


FORBIDDEN = "Forbidden"
HEADERS = {405: ("Allow",), 503: ("Retry-After",)}
"""Status -> what an answer carries beside its id."""


def schemas() -> Schema:
    """Return what faults are made of."""
    return {
        "Message": exact({"message": STRING}, description="What API Gateway says itself"),
        "Fault": exact(
            {
                "pointer": {**STRING, "description": "JSON pointer of the value", "examples": ["#/instances/3/OPERA"]},
                "code": {**STRING, "description": "Stable, for programs", "examples": ["unknown-category"]},
                "detail": {**STRING, "description": "For people: the value, what was expected, the remedy"},
            },
            description="One thing wrong with an input, or as a warning noted about it",
        ),
        "Problem": exact(
            {
                "type": {**STRING, "format": "uri"},
                "title": STRING,
                "status": {**INTEGER, "minimum": 400, "maximum": 599},
                "code": {**STRING, "description": "Stable, for programs"},
                "request_id": {**STRING, "description": "What the log calls this request"},
                "detail": STRING,
                "errors": array(ref("schemas", "Fault"), description="Every fault of every instance, up to 100"),
                "truncated": {"type": "boolean", "description": "Whether there are more faults than are listed"},
                "models": array(STRING, description="The models there are"),
            },
            optional=("detail", "errors", "truncated", "models"),
            description="RFC 9457",
        ),
    }


def headers() -> Schema:
    """Return the headers that answers carry."""
    return {
        "x-amzn-RequestId": {"description": "API Gateway's id of the request", "schema": {**STRING, "format": "uuid"}},
        "x-amzn-ErrorType": {"description": "Which of its own answers API Gateway gave", "schema": STRING},
        "Allow": {"description": "The methods that the route takes", "schema": STRING, "required": True},
        "Retry-After": {"description": "Seconds after which to try again", "schema": {**INTEGER, "minimum": 1}},
    }


def _problems(given: dict[str, errors.NeuralworksError]) -> Schema:
    examples = {name: json.loads(answered(error).body) for name, error in given.items()}
    return content(PROBLEM, ref("schemas", "Problem"), examples)


def message(said: Mapping[str, str]) -> Schema:
    """Return the body of what API Gateway says itself; `said` are named examples."""
    return content(JSON, ref("schemas", "Message"), {name: {"message": text} for name, text in said.items()})


def answered(error: errors.NeuralworksError) -> Response:
    """Return what is really answered to an error."""
    return problem(error, REQUEST_ID, NOWHERE)


def _internal_error() -> Schema:
    said = json.loads(internal(REQUEST_ID, NOWHERE, "internal-error", "").body)
    return content(PROBLEM, ref("schemas", "Problem"), {"internal": said})
