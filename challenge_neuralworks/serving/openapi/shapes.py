"""The few forms that every part of the document is made of."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    Schema = dict[str, Any]

STRING = {"type": "string"}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}
PROBABILITY = {"type": "number", "minimum": 0, "maximum": 1}


def ref(kind: str, name: str) -> Schema:
    """Return a reference to a component, e.g. ``ref("schemas", "Problem")``."""
    return {"$ref": f"#/components/{kind}/{name}"}


def exact(properties: Mapping[str, Any], optional: Collection[str] = (), **more: Any) -> Schema:
    """Return the schema of an object that holds these properties and no others."""
    return {
        "type": "object",
        **more,
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def array(items: Any, **more: Any) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": items, **more}


def content(media_type: str, schema: Any, examples: Mapping[str, Any] | None = None) -> Schema:
    """Return a body of one media type; examples are named values."""
    body: Schema = {"schema": schema}
    if examples:
        body["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {media_type: body}


def response(description: str, body: Schema, headers: Collection[str] = (), **more: Any) -> Schema:
    """Return an answer; each has a request id, and `headers` names those it has beside."""
    named = {name: ref("headers", name) for name in ("x-amzn-RequestId", *headers)}
    return {"description": description, "headers": named, **({"content": body} if body else {}), **more}
