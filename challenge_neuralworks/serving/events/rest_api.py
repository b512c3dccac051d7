"""API Gateway REST API proxy events (payload format 1.0, which an HTTP API can be told to send too)."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events.reading import mapping, own_path, request, text
from challenge_neuralworks.serving.events.shape import Shape

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.request import Request, Response


class RestApiEvent(Shape):
    """Source: AWS, "Input format of a Lambda function for proxy integration"."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks."""
        context = mapping(event, "requestContext")
        return request(event, own_path(event, text(event, "path"), context.get("stage")), context)

    def write(self, event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the proxy integration's answer."""
        return {
            "statusCode": response.status,
            "headers": response.all_headers(),
            "body": response.body,
            "isBase64Encoded": False,
        }
