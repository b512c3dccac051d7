"""API Gateway REST API proxy events (payload format 1.0, which an HTTP API can be told to send too)."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events.reading import body, last_values, mapping, own_path, text
from challenge_neuralworks.serving.events.shape import Shape
from challenge_neuralworks.serving.request import Request

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.request import Response


class RestApiEvent(Shape):
    """Source: AWS, "Input format of a Lambda function for proxy integration"."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks."""
        path = text(event, "path")
        context = mapping(event, "requestContext")
        request = Request(
            text(event, "httpMethod").upper(),
            own_path(event, path, context.get("stage")),
            last_values(event, "headers", "multiValueHeaders"),
            last_values(event, "queryStringParameters", "multiValueQueryStringParameters"),
            body(event),
        )
        request.context = context
        return request

    def write(self, event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the proxy integration's answer."""
        return {
            "statusCode": response.status,
            "headers": response.all_headers(),
            "body": response.body,
            "isBase64Encoded": False,
        }
