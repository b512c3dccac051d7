"""Application Load Balancer target events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.serving.events.reading import body, last_values, text
from challenge_neuralworks.serving.request import Request

if TYPE_CHECKING:
    from challenge_neuralworks.serving.request import Response


class AlbEvent:
    """Source: AWS, "Use Lambda functions as targets of an Application Load Balancer"."""

    def recognises(self, event: dict[str, Any]) -> bool:
        """Return whether a load balancer sent the event."""
        context = event.get("requestContext")
        return type(context) is dict and "elb" in context

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks."""
        query = last_values(event, "queryStringParameters", "multiValueQueryStringParameters")
        return Request(
            text(event, "httpMethod").upper(),
            text(event, "path"),
            last_values(event, "headers", "multiValueHeaders"),
            _decoded(query) if query else query,
            body(event),
        )

    def write(self, _event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the answer; a target group with multi-value headers takes no others."""
        headers: dict[str, Any] = response.all_headers()
        multiple = "multiValueHeaders" in _event
        return {
            "statusCode": response.status,
            "statusDescription": f"{response.status} {_reason(response.status)}",
            "multiValueHeaders" if multiple else "headers": (
                {name: [value] for name, value in headers.items()} if multiple else headers
            ),
            "body": response.body,
            "isBase64Encoded": False,
        }


def _decoded(query: dict[str, Any]) -> dict[str, Any]:
    # Unlike API Gateway, the load balancer passes the query as it came.
    from urllib.parse import unquote_plus

    return {unquote_plus(str(name)): unquote_plus(str(value)) for name, value in query.items()}


def _reason(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).phrase
