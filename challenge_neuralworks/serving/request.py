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

_JSON_HEADERS = {"Content-Type": JSON, **COMMON_HEADERS}


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

    def __init__(  # noqa: PLR0913, PLR0917  # one for each thing that an event says
        self,
        method: str,
        path: str,
        headers: Mapping[str, Any],
        query: Mapping[str, Any],
        body: str | bytes | None = None,
        document: dict[str, Any] | None = None,
        context: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.query = query
        self.body = body
        self.document = document
        self.context = context

    def header(self, name: str) -> str:
        """Return a header's value by its lower-case name, or "" where it was not sent."""
        headers = self.headers
        # Nearly every event has one of these two spellings.
        value = headers.get(name) or headers.get(name.title())
        if value is None:
            value = next((found for key, found in headers.items() if str(key).lower() == name), "")
        return value if type(value) is str else str(value)


def without(request: Request, parameter: str) -> Request:
    """Return a request that asks the same but for one parameter."""
    query = {name: value for name, value in request.query.items() if name != parameter}
    method, path, headers = request.method, request.path, request.headers
    return Request(method, path, headers, query, request.body, request.document, request.context)


class Origin:
    """What the log and the metrics say of where an answer came from, put into words once.

    route : template of the matched route, e.g. ``POST /inference/{model}``; "" where none matched.
    model, version : of the model that answered; "" where none did.
    ordinary : what telemetry made of it for a warm answer of status 200; None before the first.
    """

    __slots__ = ("log", "metrics", "model", "ordinary", "route", "version")

    def __init__(self, route: str, model: str = "", version: str = "") -> None:
        self.route = route
        self.model = model
        self.version = version
        named = f'{quoted(model)},"version":{quoted(version)}' if model else 'null,"version":null'
        self.log = f'"route":{quoted(route)},"model":{named}'
        self.metrics = f'"model":{quoted(model or "none")}'
        self.ordinary: tuple[str, str] | None = None


NOWHERE = Origin("")


class Response(NamedTuple):
    """An answer, with what the log line says of it.

    instances : how many were predicted.
    error : stable code of the problem, "" where all went well.
    evidence : for the log only, what a caller must not see.
    document : what the body holds, as JSON values, where the caller gets these and nobody needs the body; else None.
    """

    status: int
    body: str
    origin: Origin = NOWHERE
    instances: int = 0
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    error: str = ""
    evidence: str = ""
    document: dict[str, Any] | None = None

    def all_headers(self) -> dict[str, str]:
        """Return every header of the answer."""
        if self.headers or self.content_type != JSON:
            return {"Content-Type": self.content_type, **COMMON_HEADERS, **dict(self.headers)}
        return _JSON_HEADERS.copy()


def predicted(body: str, origin: Origin, instances: int) -> Response:
    """Return the answer of status 200 that holds predictions: `Response`, at a third of the time its call takes."""
    return tuple.__new__(Response, (200, body, origin, instances, JSON, (), "", "", None))
