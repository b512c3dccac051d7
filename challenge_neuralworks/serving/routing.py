"""Which endpoint answers a method and a path."""

from __future__ import annotations

from challenge_neuralworks.errors import MethodNotAllowed, UnknownRoute
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.serving.request import Origin, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    Found = tuple["Route", tuple[str, ...]]

MAX_CACHED = 1_000
"""Paths remembered; any path of a known route qualifies, so their number must be bounded."""


class Route(NamedTuple):
    """One row of the HTTP contract.

    method : GET or POST; a GET route also takes HEAD, and every route OPTIONS.
    pattern : path in which a segment in braces stands for any one segment.
    endpoint : called with the request and the segments in braces, in order.
    """

    method: str
    pattern: str
    endpoint: Callable[..., Response]

    @property
    def origin(self) -> Origin:
        """The route as the log names it."""
        return Origin(f"{self.method} {self.pattern}")


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self.routes = routes
        self._found: dict[tuple[str, str], Found] = {}

    def find(self, method: str, path: str) -> Found:
        """Return the route and the segments that its braces stand for.

        Raises
        ------
        UnknownRoute : no route has this path.
        MethodNotAllowed : one has, for other methods.
        """
        found = self._found.get((method, path))
        if found is not None:
            return found
        found = self._search(method, path)
        if len(self._found) >= MAX_CACHED:
            # Paths that nobody asks for again must not keep those out that everybody does.
            self._found.clear()
        self._found[method, path] = found
        return found

    def methods(self, path: str) -> tuple[str, ...]:
        """Return what may be done with a path, for Allow and CORS.

        Raises
        ------
        UnknownRoute : no route has this path.
        """
        methods = {route.method for route in self.routes if _match(route.pattern, path) is not None}
        if not methods:
            raise UnknownRoute(path, listed=any(route.pattern == "/openapi.json" for route in self.routes))
        return tuple(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))

    def _search(self, method: str, path: str) -> Found:
        if method == "OPTIONS":
            answer = preflight(self.methods(path))
            return Route(method, path, lambda _request: answer), ()
        wanted = "GET" if method == "HEAD" else method
        for route in self.routes:
            segments = _match(route.pattern, path)
            if segments is not None and route.method == wanted:
                return route if method == wanted else _headless(route), segments
        raise MethodNotAllowed(method, self.methods(path))


def _headless(route: Route) -> Route:
    return route._replace(endpoint=lambda *asked: route.endpoint(*asked)._replace(body=""))


def preflight(allowed: tuple[str, ...]) -> Response:
    """Return the answer to OPTIONS: what a browser may send from another origin."""
    methods = ", ".join(allowed)
    headers = (
        ("Allow", methods),
        ("Access-Control-Allow-Methods", methods),
        ("Access-Control-Allow-Headers", "content-type, x-api-key, inference-header-content-length"),
        ("Access-Control-Max-Age", "86400"),
    )
    return Response(204, "", Origin("OPTIONS"), headers=headers)


def _match(pattern: str, path: str) -> tuple[str, ...] | None:
    ours = pattern.strip("/").split("/")
    theirs = path.strip("/").split("/")
    if len(ours) != len(theirs):
        return None
    segments: tuple[str, ...] = ()
    for mine, their in zip(ours, theirs, strict=True):
        if mine.startswith("{") and their:
            segments += (their,)
        elif mine != their:
            return None
    return segments
