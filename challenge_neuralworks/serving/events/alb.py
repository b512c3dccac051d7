"""Application Load Balancer target events."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events.reading import request, text
from challenge_neuralworks.serving.events.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from challenge_neuralworks.serving.request import Request, Response


REASONS = {
    200: "200 OK",
    204: "204 No Content",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    415: "415 Unsupported Media Type",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}
"""Every status this API answers, as the load balancer wants it described (RFC 9110)."""


class AlbEvent(Shape):
    """Source: AWS, "Use Lambda functions as targets of an Application Load Balancer"."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks."""
        asked = request(event, text(event, "path"))
        if asked.query and _is_encoded(asked.query):
            asked.query = _decoded(asked.query)
        return asked

    def write(self, event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the answer; a target group with multi-value headers takes no others."""
        headers: dict[str, Any] = response.all_headers()
        multiple = "multiValueHeaders" in event
        return {
            "statusCode": response.status,
            "statusDescription": REASONS.get(response.status) or str(response.status),
            "multiValueHeaders" if multiple else "headers": (
                {name: [value] for name, value in headers.items()} if multiple else headers
            ),
            "body": response.body,
            "isBase64Encoded": False,
        }


def _is_encoded(query: Mapping[str, Any]) -> bool:
    text = str(query)
    return "%" in text or "+" in text


def _decoded(query: Mapping[str, Any]) -> dict[str, Any]:
    # Unlike API Gateway, the load balancer passes the query as it came.
    from urllib.parse import unquote_plus

    return {unquote_plus(str(name)): unquote_plus(str(value)) for name, value in query.items()}
