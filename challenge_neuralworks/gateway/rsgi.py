"""The gateway as an application of RSGI, granian's own interface and the fastest way from a socket to Python."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import re
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from challenge_neuralworks.gateway.context import LambdaContext
from challenge_neuralworks.gateway.core import invoke
from challenge_neuralworks.gateway.deadlines import Deadlines
from challenge_neuralworks.gateway.environments import Environments
from challenge_neuralworks.gateway.limits import BODY_BYTES
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY, TIMED_OUT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from challenge_neuralworks.gateway.core import Admitted, Gateway, Handler
    from challenge_neuralworks.gateway.environments import Outcome
    from challenge_neuralworks.gateway.messages import Pairs
    from challenge_neuralworks.gateway.options import Options

LOG = logging.getLogger(__name__)

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
        """Send the response; may be called in any thread, and only the first one counts."""


class RsgiGateway:
    """The application of one worker process.

    Parameters
    ----------
    gateway : admits requests and finishes answers.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop this worker when its parent is gone, even if that was killed: else it would hold the port for ever."""
        # Whoever reloads holds Ctrl-C back until the worker can heed it.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        parent = multiprocessing.parent_process()
        if parent is not None:
            loop.add_reader(parent.sentinel, self._orphaned, loop, parent.sentinel)

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request."""
        headers = scope.headers
        body = await _read(headers, exchange)
        request = HttpRequest(
            scope.method,
            scope.path if PLAIN.fullmatch(scope.path) else _encoded(scope.path),
            scope.query_string,
            headers.items(),
            body or b"",
            scope.client.rpartition(":")[0].strip("[]"),
            f"HTTP/{scope.http_version}",
        )
        admitted = self._gateway.too_long(request) if body is None else self._gateway.admit(request)
        if isinstance(admitted, HttpResponse):
            exchange.response_bytes(*admitted)
        else:
            await self._answer(admitted, exchange)

    async def _answer(self, admitted: Admitted, exchange: Exchange) -> None:
        raise NotImplementedError

    def _send(self, admitted: Admitted, exchange: Exchange, outcome: Outcome) -> None:
        exchange.response_bytes(*self._gateway.finish(admitted, outcome))

    def _orphaned(self, loop: asyncio.AbstractEventLoop, sentinel: int) -> None:
        loop.remove_reader(sentinel)
        os.kill(os.getpid(), signal.SIGTERM)


class OneEnvironment(RsgiGateway):
    """Requests are answered one after the other in the event loop, which is the fastest.

    Parameters
    ----------
    handler : the function.
    timeout_s : how long it may take before the gateway answers in its stead.
    """

    def __init__(self, gateway: Gateway, handler: Handler, timeout_s: float) -> None:
        super().__init__(gateway)
        self._handler = handler
        self._timeout_s = timeout_s
        self._deadlines = Deadlines(timeout_s, self._late)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to watch deadlines as well: threads belong to the process that serves."""
        super().__rsgi_init__(loop)
        self._deadlines.watch()

    async def _answer(self, admitted: Admitted, exchange: Exchange) -> None:
        stamp = admitted.stamp
        self._deadlines.begin(stamp.request_id, (admitted, exchange))
        try:
            outcome = invoke(self._handler, admitted, LambdaContext(stamp.invocation_id, self._timeout_s))
        except SystemExit:
            LOG.exception("invocation %s ended its environment", stamp.invocation_id)
            outcome = BAD_GATEWAY
        if self._deadlines.end(stamp.request_id):
            self._send(admitted, exchange, outcome)

    def _late(self, running: tuple[Admitted, Exchange]) -> None:
        # The loop is held by the function, so this is another thread.
        self._send(*running, TIMED_OUT)


class ManyEnvironments(RsgiGateway):
    """Requests are answered side by side, each in an environment of its own.

    Parameters
    ----------
    build : makes the handler of a new environment.
    """

    def __init__(self, gateway: Gateway, build: Callable[[], Handler], options: Options) -> None:
        super().__init__(gateway)
        self._timeout_s = options.timeout_s
        self._environments = Environments(build, options)

    async def _answer(self, admitted: Admitted, exchange: Exchange) -> None:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Outcome] = loop.create_future()

        def deliver(outcome: Outcome) -> None:
            # A function may outlive the server.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, waiting, outcome)

        refusal = self._environments.submit(admitted, deliver)
        if refusal is not None:
            self._send(admitted, exchange, refusal)
            return
        timer = loop.call_later(self._timeout_s, _settle, waiting, TIMED_OUT)
        outcome = await waiting
        timer.cancel()
        self._send(admitted, exchange, outcome)


def _settle(waiting: asyncio.Future[Outcome], outcome: Outcome) -> None:
    # The first counts: the answer, or that it is too late for one.
    if not waiting.done():
        waiting.set_result(outcome)


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
