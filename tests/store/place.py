"""An S3 to keep models in: moto's server, and in front of it a proxy that can be down, slow, or cut answers short.

moto looks at a condition and then writes; two writes at once might both pass. S3 does it in one step, so here one write
goes through at a time.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

from tests.fronting import listening, moto

BUCKET = "models"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
SLOW_S = 10.0


class Asked(NamedTuple):
    """One request that came to the place."""

    method: str
    path: str


class Place:
    """The S3.

    Attributes
    ----------
    trouble : what befalls a request: ``"down"``, ``"slow"``, ``"cut"`` (half of the answer), ``"lost"`` (done,
        and not answered), ``"error"`` (503) or ``""``, nothing.
    asked : every request since it was emptied.
    """

    def __init__(self, moto: tuple[str, int]) -> None:
        self.moto = moto
        self.url = ""
        self.trouble: Callable[[Asked], str] = lambda asked: ""
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.writing = threading.Lock()
        self.connections: set[socket.socket] = set()

    def drop(self) -> None:
        """Break every connection, as a server does with those that were idle for long."""
        for connection in tuple(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def environ(self) -> dict[str, str]:
        """Return what leads AWS's own tools here."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL_S3": self.url}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    place: Place

    def setup(self) -> None:
        """Note the connection."""
        super().setup()
        self.place.connections.add(self.connection)

    def finish(self) -> None:
        """Forget it."""
        self.place.connections.discard(self.connection)
        super().finish()

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        asked = Asked(self.command, self.path)
        self.place.asked.append(asked)
        trouble = self.place.trouble(asked)
        if trouble == "slow":
            self.place.over.wait(SLOW_S)
        # A body that broke off is none, and so it is for S3.
        if trouble == "down" or len(body) < size:
            self.close_connection = True
            return
        if trouble == "error":
            self._send(503, [("Content-Type", "application/xml")], b"<Error><Code>SlowDown</Code></Error>")
            return
        with self.place.writing:
            status, headers, content = self._pass_on(body)
        if trouble == "lost":
            self.close_connection = True
            return
        self._send(status, headers, content, cut=trouble == "cut")

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _answer  # noqa: N815 - the base class's names

    def handle_expect_100(self) -> bool:
        """Ask for the body at once, not when the buffer is full."""
        told = super().handle_expect_100()
        self.wfile.flush()
        return told

    def _pass_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(*self.place.moto, timeout=30)
        try:
            headers = {key: value for key, value in self.headers.items() if key.lower() not in ("connection", "expect")}
            connection.request(self.command, self.path, body, headers)
            told = connection.getresponse()
            skipped = {"content-length", "connection", "transfer-encoding", "date", "server"}
            kept = [(key, value) for key, value in told.getheaders() if key.lower() not in skipped]
            return told.status, kept, told.read()
        finally:
            connection.close()

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        for key, value in (*headers, ("Content-Length", str(len(content)))):
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def place() -> Iterator[Place]:
    """Run it until the block ends."""
    with moto() as address:
        made = Place(address)
        with listening(type("Handler", (_Handler,), {"place": made})) as made.url:
            try:
                _make_bucket(made)
                yield made
            finally:
                made.over.set()


def _make_bucket(made: Place) -> None:
    connection = http.client.HTTPConnection(made.url.removeprefix("http://"), timeout=30)
    authorization = (
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    )
    connection.request("PUT", f"/{BUCKET}", headers={"Authorization": authorization})
    assert connection.getresponse().status == 200
    connection.close()


def until(holds: Callable[[], Any], within_s: float = 15.0) -> Any:
    """Return what a call returns once it is true; an assertion fails where it never is."""
    ends = time.monotonic() + within_s
    while not (found := holds()):
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.01)
    return found
