"""What goes in and out of the gateway, whichever server carries it."""

from __future__ import annotations

from typing import NamedTuple

Pairs = list[tuple[str, str]]


class HttpRequest(NamedTuple):
    """One HTTP request.

    method : as sent.
    path : percent-encoded, starting with a slash.
    query : percent-encoded, without the question mark; "" where there is none.
    headers : in the order sent, names in lower case, as both servers hand them over.
    body : every byte of it.
    source_ip : address of the connection's other end; never taken from a header.
    protocol : as sent, e.g. ``HTTP/1.1``.
    """

    method: str
    path: str
    query: str
    headers: Pairs
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"


class HttpResponse(NamedTuple):
    """One HTTP response; whoever sends it adds Content-Length where ``headers`` has none."""

    status: int
    headers: Pairs
    body: bytes
