"""Requests drawn from a model's signature, each with the answer it must get."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Field, Row, Signature, Value

BAD_SHARE = 0.02
KEYLESS_SHARE = 0.01


class Exchange(NamedTuple):
    """One request, ready to be sent, and its right answer.

    status : of the answer.
    body : the answer's JSON value; None where the status says it all.
    """

    request: bytes
    status: int
    body: Any


def draw(model: Model, key: str, count: int, seed: int) -> list[Exchange]:
    """Return exchanges with a model: single instances, a few of them faulty, a few without a key.

    Parameters
    ----------
    model : the artifact that is served, loaded here; it knows the answers.
    key : API key.
    count : how many, at least one.
    """
    source = random.Random(seed)  # noqa: S311 - test traffic, no secret
    return [_exchange(model, key, source) for _ in range(count)]


def instance(signature: Signature, source: random.Random) -> Row:
    """Return an instance with a random value in every field."""
    return {field.name: _value(field, source) for field in signature.fields}


def _value(field: Field, source: random.Random) -> Value:
    if field.kind == "category":
        return source.choice(field.categories)
    if not field.bounded:
        return field.example
    if field.kind == "integer":
        return source.randint(int(field.minimum), int(field.maximum))
    return source.uniform(field.minimum, field.maximum)


def _exchange(model: Model, key: str, source: random.Random) -> Exchange:
    row = dict(instance(model.signature, source))
    kind = source.random()
    if kind < KEYLESS_SHARE:
        return Exchange(_http(model.name, "", row), 403, {"message": "Forbidden"})
    if kind < KEYLESS_SHARE + BAD_SHARE:
        row.pop(source.choice(model.signature.names))
        return Exchange(_http(model.name, key, row), 400, None)
    prediction = model.predict(row)
    answer = {
        "model": model.name,
        "version": model.version,
        "prediction": list(prediction),
        "label": model.label(prediction),
    }
    return Exchange(_http(model.name, key, row), 200, answer)


def _http(name: str, key: str, row: Row) -> bytes:
    body = json.dumps(row).encode()
    head = [f"POST /inference/{name} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    head += [f"x-api-key: {key}"] if key else []
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body
