"""What an event asks and what it is answered, whatever shape the event had."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

JSON = "application/json"
PROBLEM = "application/problem+json"
HTML = "text/html; charset=utf-8"

COMMON_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer. Any origin may read: the key travels in a header of its own, never in a cookie."""


NOTHING: Mapping[str, Any] = {}


class Request:
    """One HTTP request, or its equivalent, read from an event.

    method : upper case.
    path : as sent, still percent-encoded, without the stage.
    headers : names in whatever case the event had; see `header`.
    query : decoded; the last value where a name is repeated.
    body : text, or bytes where the event carried base64, or None.
    document : the body as JSON values where the event was itself the document, else None.
    context : the event's requestContext; empty where it has none.
    """

    __slots__ = ("body", "context", "document", "headers", "method", "path", "query")

    def __init__(
        self,
        method: str,
        path: str,
        headers: Mapping[str, Any],
        query: Mapping[str, Any],
        body: str | bytes | None = None,
        document: dict[str, Any] | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.query = query
        self.body = body
        self.document = document
        self.context = NOTHING

    def header(self, name: str) -> str:
        """Return a header's value by its lower-case name, or "" where it was not sent."""
        headers = self.headers
        # Nearly every event has one of these two spellings.
        value = headers.get(name) or headers.get(name.title())
        if value is None:
            value = next((found for key, found in headers.items() if str(key).lower() == name), "")
        return value if type(value) is str else str(value)


class Origin:
    """What the log and the metrics say of where an answer came from, put into words once.

    route : template of the matched route, e.g. ``POST /inference/{model}``; "" where none matched.
    model, version : of the model that answered; "" where none did.
    """

    __slots__ = ("log", "metrics", "model", "route", "version")

    def __init__(self, route: str, model: str = "", version: str = "") -> None:
        self.route = route
        self.model = model
        self.version = version
        named = f'{quoted(model)},"version":{quoted(version)}' if model else 'null,"version":null'
        self.log = f'"route":{quoted(route)},"model":{named}'
        self.metrics = f'"model":{quoted(model or "none")}'


NOWHERE = Origin("")


class Response(NamedTuple):
    """An answer, with what the log line says of it.

    instances : how many were predicted.
    error : stable code of the problem, "" where all went well.
    evidence : for the log only, what a caller must not see.
    """

    status: int
    body: str
    origin: Origin = NOWHERE
    instances: int = 0
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    error: str = ""
    evidence: str = ""

    def all_headers(self) -> dict[str, str]:
        """Return every header of the answer."""
        headers = {"Content-Type": self.content_type, **COMMON_HEADERS}
        if self.headers:
            headers.update(self.headers)
        return headers
