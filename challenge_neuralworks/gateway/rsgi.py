"""The gateway under granian, whose RSGI interface is the fastest way from a socket to Python."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import socket
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from challenge_neuralworks.gateway.banner import banner
from challenge_neuralworks.gateway.core import Gateway
from challenge_neuralworks.gateway.limits import BODY_BYTES
from challenge_neuralworks.gateway.messages import HttpRequest

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable

    from challenge_neuralworks.gateway.messages import Pairs
    from challenge_neuralworks.gateway.start import Plan

BACKLOG = 1024
STOP_S = 5
"""How long running requests may take to finish, seconds, once the server is told to stop."""

PLAIN = re.compile(r"/[A-Za-z0-9/._~-]*")
UNESCAPED = "/:@!$&'()*+,;="


class Headers(Protocol):
    """The request headers that RSGI hands over."""

    def items(self) -> Pairs:
        """Return every header in order, names in lower case."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return a header's value."""


class Scope(Protocol):
    """The head of a request that RSGI hands over; ``path`` is percent-decoded."""

    http_version: str
    client: str
    method: str
    path: str
    query_string: str

    @property
    def headers(self) -> Headers:
        """Return the headers."""


class Exchange(Protocol):
    """The body of a request that RSGI hands over, and the way back."""

    async def __call__(self) -> bytes:
        """Return the whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the body as it arrives."""

    def response_bytes(self, status: int, headers: Pairs, body: bytes) -> None:
        """Send the response."""


class RsgiGateway:
    """The RSGI application of one worker process."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop this worker when its parent is gone, even if that was killed: else it would hold the port for ever."""
        parent = multiprocessing.parent_process()
        if parent is not None:
            loop.add_reader(parent.sentinel, self._orphaned, loop, parent.sentinel)

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request."""
        headers = scope.headers
        body = await _read(headers, exchange)
        if body is None:
            status, pairs, content = self._gateway.too_long()
        else:
            status, pairs, content = self._gateway.answer(
                HttpRequest(
                    scope.method,
                    scope.path if PLAIN.fullmatch(scope.path) else _encoded(scope.path),
                    scope.query_string,
                    headers.items(),
                    body,
                    scope.client.rpartition(":")[0].strip("[]"),
                    f"HTTP/{scope.http_version}",
                )
            )
        exchange.response_bytes(status, pairs, content)

    def _orphaned(self, loop: asyncio.AbstractEventLoop, sentinel: int) -> None:
        loop.remove_reader(sentinel)
        os.kill(os.getpid(), signal.SIGTERM)


async def _read(headers: Headers, exchange: Exchange) -> bytes | None:
    # None: too long, and the rest of it was not read.
    length = headers.get("content-length")
    if length is not None:
        # The server itself has refused what is no number.
        return await exchange() if int(length) <= BODY_BYTES else None
    if headers.get("transfer-encoding") is None:
        return b""
    body = bytearray()
    async for chunk in exchange:
        body += chunk
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)


def _encoded(path: str) -> str:
    # AWS hands the path over as it was sent; granian decoded it, so an encoded slash is lost.
    encoded = quote(path, safe=UNESCAPED)
    return encoded if encoded.startswith("/") else f"/{encoded}"


def application(plan: Plan) -> RsgiGateway:
    """Return what a worker serves; called in the worker."""
    if hasattr(sys.stdout, "reconfigure"):
        # A log line must not wait for thirty others when the output is a pipe.
        sys.stdout.reconfigure(line_buffering=True)
    return RsgiGateway(Gateway(plan.build(plan.settings), plan.keys, port=plan.settings.port))


class Server(MPServer):
    """granian, telling when it really listens."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            "challenge_neuralworks",
            address=plan.address,
            port=plan.settings.port,
            interface=Interfaces.RSGI,
            workers=plan.workers,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            log_level=LogLevels.warning,
            workers_kill_timeout=STOP_S,
        )
        self._plan = plan

    def startup(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        """Start the workers, and say so once one of them accepts connections."""
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian types only what it exports
        # Set when a worker died or a signal came: then there is nothing to announce.
        while not self.main_loop_interrupt.wait(0.02):
            try:
                socket.create_connection((self._plan.address, self._plan.settings.port), timeout=1).close()
            except OSError:
                continue
            print(banner(self._plan, "granian"), flush=True)
            return


def serve(plan: Plan) -> None:
    """Serve until a signal; see `challenge_neuralworks.gateway.run`.

    Raises
    ------
    SystemExit : a worker died; the status is 1.
    """
    # Workers are forked: what is in the buffer now would be written by each.
    sys.stdout.flush()
    load: Callable[[], Any] = partial(application, plan)
    server = Server(plan)
    try:
        server.serve(target_loader=load, wrap_loader=False)
    except SystemExit:
        # Ctrl-C reaches the workers too: one that ends before its parent has looked is not one that died.
        if not server.interrupt_signal:
            raise
