"""What the event shapes share: entries of the right type or a clear refusal, and bodies out of base64."""

from __future__ import annotations

from challenge_neuralworks.errors import InvalidJson, UnrecognisedEvent
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NOTHING: dict[str, Any] = {}


def request(event: dict[str, Any], path: str, context: Mapping[str, Any] = NOTHING) -> Request:
    """Return what an event asks that has its method, headers and parameters at its top.

    Nearly every event has one-valued headers, no parameters and a body of text: nothing is called for these.

    Raises
    ------
    UnrecognisedEvent, InvalidJson : an entry cannot be read; see `text`, `last_values` and `body`.
    """
    headers, query, content = event.get("headers"), event.get("queryStringParameters"), event.get("body")
    if type(headers) is not dict or not headers:
        headers = last_values(event, "headers", "multiValueHeaders")
    if query is None and event.get("multiValueQueryStringParameters") is None:
        query = NOTHING
    else:
        query = last_values(event, "queryStringParameters", "multiValueQueryStringParameters")
    if type(content) is not str or event.get("isBase64Encoded"):
        content = body(event)
    method = "POST" if event.get("httpMethod") == "POST" else text(event, "httpMethod").upper()
    return Request(method, path, headers, query, content, None, context)


def text(event: dict[str, Any], key: str) -> str:
    """Return a string entry.

    Raises
    ------
    UnrecognisedEvent : the entry is absent or no string.
    """
    value = event.get(key)
    if type(value) is not str:
        raise UnrecognisedEvent(f"the event's {key} is no string")
    return value


def mapping(event: dict[str, Any], key: str) -> dict[str, Any]:
    """Return an object entry; absent and null are empty.

    Raises
    ------
    UnrecognisedEvent : the entry is something else.
    """
    value = event.get(key)
    if value is None:
        return NOTHING
    if type(value) is not dict:
        raise UnrecognisedEvent(f"the event's {key} is no object")
    return value


def last_values(event: dict[str, Any], single: str, multiple: str) -> dict[str, Any]:
    """Return a mapping of single values, or the last of each where the event has lists of values only."""
    found = event.get(single)
    if type(found) is dict and found:
        return found
    found = mapping(event, single)
    if not event.get(multiple):
        return found
    lists = mapping(event, multiple)
    return {name: values[-1] for name, values in lists.items() if isinstance(values, list) and values}


def body(event: dict[str, Any]) -> str | bytes | None:
    """Return the body, decoded where the event says it is base64.

    Raises
    ------
    UnrecognisedEvent : the body is no string.
    InvalidJson : it is marked as base64 and is not.
    """
    value = event.get("body")
    if value is None:
        return None
    if type(value) is not str:
        raise UnrecognisedEvent("the event's body is no string")
    if not event.get("isBase64Encoded"):
        return value
    from binascii import Error, a2b_base64  # Only a binary body needs it.

    try:
        return a2b_base64(value, strict_mode=True) if value else b""
    except (Error, ValueError) as error:
        raise InvalidJson(f"the body is marked as base64 but is not: {error}") from error


def own_path(event: dict[str, Any], path: str, stage: Any) -> str:
    """Return the part of a format 1.0 path that the API's own resource stands for.

    A custom domain puts its base path in front of it, an HTTP API its stage. Where resource and path say different
    things, as made-up events do, only the stage is taken off.
    """
    resource, parameters = event.get("resource"), event.get("pathParameters")
    if resource == "/{proxy+}" and type(parameters) is dict and parameters.get("proxy") == path[1:]:
        return path  # As nearly every event: nothing stands in front.
    if type(resource) is str and resource[:1] == "/":
        own = _filled(resource, parameters)
        if path.endswith(own) or own == "/" or path.rstrip("/").endswith(own):
            return own
    return without_stage(path, stage)


def _filled(resource: str, parameters: Any) -> str:
    if type(parameters) is not dict:
        return resource
    for name, value in parameters.items():
        # AWS's own samples write a slash in front of a greedy value, which no real event has.
        resource = resource.replace(f"{{{name}+}}", str(value).lstrip("/")).replace(f"{{{name}}}", str(value))
    return resource


def without_stage(path: str, stage: Any) -> str:
    """Return a path without its first segment where that is the stage's name."""
    if type(stage) is str and stage:
        end = len(stage) + 1
        if path[:end] == f"/{stage}" and path[end : end + 1] in ("", "/"):
            return path[end:] or "/"
    return path
