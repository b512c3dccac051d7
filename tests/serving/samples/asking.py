"""What a client sends, before it is anybody's event, and the answer it must get."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from challenge_neuralworks.model import Model
from challenge_neuralworks.serving.request import COMMON_HEADERS, JSON, PROBLEM
from tests.making import INSTANCE, Context

Headers = tuple[tuple[str, str], ...]
TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
"""Content types whose bodies HTTP APIs, function URLs and load balancers hand over as text; all others as base64."""


class Ask(NamedTuple):
    """One HTTP request.

    query : as it stands behind the question mark.
    headers : in the client's own spelling.
    binary : has a REST API, too, take the body as binary: its `binaryMediaTypes` hold ``*/*``.
    """

    method: str = "POST"
    path: str = "/inference/toy"
    query: str = ""
    headers: Headers = (("Content-Type", "application/json"),)
    body: bytes = json.dumps(INSTANCE).encode()
    binary: bool = False

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values, decoded."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def is_text(self) -> bool:
        """Whether senders other than REST APIs hand the body over as it is."""
        declared = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        plain = not any(name.lower() == "content-encoding" for name, _ in self.headers)
        return not self.body or (plain and declared.startswith(TEXT_TYPES))


class Wanted(NamedTuple):
    """The right answer.

    code : of the problem, "" where there is none.
    document : of the model, what the body holds; None where only the code is asked.
    headers : beside those of every answer.
    empty : no body.
    """

    status: int = 200
    code: str = ""
    document: Callable[[Model], Any] | None = None
    headers: Headers = ()
    empty: bool = False


def predicted(threshold: float = 0.5, instance: dict[str, Any] = INSTANCE) -> Callable[[Model], Any]:
    """Return what the model itself says of an instance, as the API words it."""

    def document(model: Model) -> Any:
        prediction = model.predict(instance)
        label = "yes" if prediction[1] >= threshold else "no"
        return {"model": "toy", "version": model.version, "prediction": list(prediction), "label": label}

    return document


def batch(instances: list[dict[str, Any]]) -> Callable[[Model], Any]:
    """Return what the model says of several."""

    def document(model: Model) -> Any:
        answers = [predicted(instance=instance)(model) for instance in instances]
        return {
            "model": "toy",
            "version": model.version,
            "predictions": [answer["prediction"] for answer in answers],
            "labels": [answer["label"] for answer in answers],
        }

    return document


def check_answer(status: int, headers: dict[str, str], body: str, model: Model, wanted: Wanted) -> None:
    """Hold an answer, out of its shape, to the right one: status, every header, every value of the body."""
    content_type = PROBLEM if wanted.code else JSON
    assert (status, headers) == (
        wanted.status,
        {"Content-Type": content_type, **COMMON_HEADERS, **dict(wanted.headers)},
    ), body
    if wanted.empty:
        assert body == ""
        return
    document = json.loads(body)
    if wanted.code:
        kept = {name: document[name] for name in ("type", "status", "code", "request_id")}
        assert kept == {
            "type": f"urn:challenge-neuralworks:problem:{wanted.code}",
            "status": wanted.status,
            "code": wanted.code,
            "request_id": Context.aws_request_id,
        }, document
    if wanted.document is not None:
        assert document == wanted.document(model)
