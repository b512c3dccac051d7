"""The gateway under waitress: pure Python, so that the image can serve plain HTTP."""

from __future__ import annotations

import logging
import signal
import sys
from functools import lru_cache
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from challenge_neuralworks.gateway.banner import banner
from challenge_neuralworks.gateway.limits import BODY_BYTES
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.gateway.core import Gateway
    from challenge_neuralworks.gateway.messages import Pairs
    from challenge_neuralworks.gateway.start import Plan

THREADS = 1
"""As many as requests run at a time in one Lambda environment; more only contend for the interpreter."""

SEND_BYTES = 65_536
"""Answers up to this leave in one piece; the default sends head and body apart, at a third of the speed."""

BACKLOG = 1024
STOP_S = 8.0
"""How long running requests may take to finish, seconds; a container is killed ten after it was told to stop."""

REASONS = {status.value: status.phrase for status in HTTPStatus}
UNESCAPED = "/:@!$&'()*+,;=%"


class WsgiGateway:
    """The WSGI application."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __call__(self, environ: dict[str, Any], start_response: Callable[[str, Pairs], object]) -> list[bytes]:
        """Answer one request."""
        response = self._gateway.answer(read_environ(environ))
        status, headers = head(response)
        start_response(status, headers)
        return [response.body]

    def too_long(self, request: HttpRequest) -> HttpResponse:
        """Return the answer to a body over the limit, which never gets here."""
        return self._gateway.too_long(request)


def head(response: HttpResponse) -> tuple[str, Pairs]:
    """Return the status line and the headers, Content-Length among them, that WSGI wants."""
    status, headers, body = response
    if body or not any(name == "Content-Length" for name, _ in headers):
        headers = [*headers, ("Content-Length", str(len(body)))]
    return f"{status} {REASONS.get(status, 'Unknown')}", headers


def read_environ(environ: dict[str, Any]) -> HttpRequest:
    """Return the request of a WSGI environment, with waitress's REQUEST_URI."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return HttpRequest(
        environ["REQUEST_METHOD"],
        _path(environ["REQUEST_URI"]),
        environ["QUERY_STRING"],
        [(_name(name), value) for name, value in environ.items() if _name(name)],
        environ["wsgi.input"].read(length) if length else b"",
        environ["REMOTE_ADDR"],
        environ["SERVER_PROTOCOL"],
    )


def _path(uri: str) -> str:
    path = uri.partition("?")[0].partition("#")[0]
    if not path.startswith("/"):
        path = "/" + urlsplit(path).path.lstrip("/")
    return path if path.isascii() else quote(path.encode("latin-1"), safe=UNESCAPED)


# A client may invent names without end.
@lru_cache(maxsize=512)
def _name(variable: str) -> str:
    if variable in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        return variable.replace("_", "-").lower()
    return variable[5:].replace("_", "-").lower() if variable.startswith("HTTP_") else ""


class TooLongTask(ErrorTask):
    """waitress's answer to a request that it refuses itself, in AWS's words where AWS has its own."""

    request: Any
    response_headers: Any

    def execute(self) -> None:
        """Answer, and close the connection, whose rest is not read."""
        if self.request.error.code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            super().execute()
            return
        application: Any = self.channel.server.application
        response: HttpResponse = application.too_long(self._head())
        self.status, headers = head(response)
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(response.body)
        self.write(response.body)

    def _head(self) -> HttpRequest:
        # What there is of the request: enough for a line in the access log.
        parser: Any = self.request
        address, protocol = self.channel.addr[0], f"HTTP/{parser.version}"
        return HttpRequest(parser.command, _path(parser.request_uri), parser.query, [], b"", address, protocol)


class Channel(HTTPChannel):
    """A connection."""

    error_task_class = TooLongTask


class Server:
    """waitress with an end: it stops accepting, finishes what runs, and returns."""

    def __init__(self, plan: Plan) -> None:
        self._stopping = False
        self._sockets: dict[int, Any] = {}
        # Its published types describe a part of what it has.
        server = create_server(
            WsgiGateway(plan.gateway(plan.build(plan.settings))),
            map=self._sockets,
            host=plan.address,
            port=plan.settings.port,
            threads=THREADS,
            backlog=BACKLOG,
            max_request_body_size=BODY_BYTES + 1,
            # The event carries what a client claims of its way here, as on AWS, and never trusts it.
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server = cast("Any", server)
        self._server.channel_class = Channel
        # As an argument it draws a warning that it may once have no effect; then nothing but speed is lost.
        self._server.adj.send_bytes = SEND_BYTES

    def stop(self, *_signal: object) -> None:
        """Begin to stop; may be called from a signal handler."""
        self._stopping = True
        self._server.pull_trigger()

    def serve(self) -> None:
        """Serve until `stop`."""
        while not self._stopping:
            self._turn(1.0)
        # The socket leaves the loop's map first, so that nothing more is accepted.
        self._server.del_channel()
        self._server.socket.close()
        deadline = monotonic() + STOP_S
        while self._hang_up() and monotonic() < deadline:
            self._turn(0.1)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._sockets)

    def _turn(self, timeout_s: float) -> None:
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._sockets, count=1)

    def _hang_up(self) -> bool:
        # Close what is idle, or clients that keep their connections would send for ever; return whether some is not.
        busy = False
        for channel in list(self._server.active_channels.values()):
            if channel.requests or channel.total_outbufs_len:
                busy = True
            else:
                channel.will_close = True
        return busy


def serve(plan: Plan) -> None:
    """Serve until a signal; see `challenge_neuralworks.gateway.run`."""
    if hasattr(sys.stdout, "reconfigure"):
        # A log line must not wait for thirty others when the output is a pipe.
        sys.stdout.reconfigure(line_buffering=True)
    # With more clients than threads requests queue, which is no news and would be said of each.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = Server(plan)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    # Connections queue from here on, and are accepted as soon as the loop turns.
    print(banner(plan, "waitress"), flush=True)
    server.serve()
