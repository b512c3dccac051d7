"""API Gateway HTTP API and Lambda function URL events (payload format 2.0)."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events.reading import NOTHING, body, mapping, text, without_stage
from challenge_neuralworks.serving.events.shape import Shape
from challenge_neuralworks.serving.request import Request

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.request import Response


class HttpApiEvent(Shape):
    """Source: AWS, "Create AWS Lambda proxy integrations for HTTP APIs" and "Invoking Lambda function URLs"."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks."""
        context = mapping(event, "requestContext")
        query, content = event.get("queryStringParameters"), event.get("body")
        if query is not None:
            query = _last_values(event, mapping(event, "queryStringParameters"))
        # As nearly every event: a body of text, for which nothing is called.
        if type(content) is not str or event.get("isBase64Encoded"):
            content = body(event)
        return Request(
            text(mapping(context, "http"), "method").upper(),
            without_stage(text(event, "rawPath"), context.get("stage")),
            mapping(event, "headers"),
            query or NOTHING,
            content,
        )

    def write(self, event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the answer in format 2.0."""
        return {
            "statusCode": response.status,
            "headers": response.all_headers(),
            "body": response.body,
            "isBase64Encoded": False,
        }


def _last_values(event: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    # A name sent twice has its values joined by commas: only the query as sent tells which commas the caller wrote.
    raw = event.get("rawQueryString")
    if type(raw) is not str or raw.count("&") < len(query):
        return query
    from urllib.parse import parse_qsl

    try:
        return dict(parse_qsl(raw, keep_blank_values=True)) or query
    except ValueError:  # Python reads no query of as many pairs.
        return query
