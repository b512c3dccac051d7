"""Requests sent when they are due, whatever became of those before: an open loop.

People who want something do not wait until others got theirs. A client that sends only after an answer would slow down
with the service, and hide how many it turns away.
"""

from __future__ import annotations

import asyncio
import gc
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from stress_test.aws.connection import Answer, Connection
from stress_test.target import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stress_test.exchanges import Exchange
    from stress_test.target import Target

SPARE = 50
"""Connections opened beforehand beside those that can be waiting for an environment."""

PATIENCE_S = 35.0
"""How long after the last request answers may come; API Gateway gives up after 29 s."""


class Sent(NamedTuple):
    """One request.

    number : of its exchange.
    due_s, sent_s : since the beginning.
    came_s : of its answer, since the beginning.
    """

    number: int
    due_s: float
    sent_s: float
    came_s: float
    answer: Answer


def random_arrivals(rps: float, seconds: float, seed: int) -> list[float]:
    """Return when requests are due: as many as the rate makes, each at an instant of its own that chance picks."""
    draw = random.Random(seed)  # noqa: S311 - traffic, no secret
    return sorted(draw.uniform(0.0, seconds) for _ in range(round(rps * seconds)))


def send(loaded: Target, exchanges: Sequence[Exchange], due: Sequence[float], connections: int) -> list[Sent]:
    """Return what became of requests, one at each instant, the exchanges in turn.

    Parameters
    ----------
    due : instants, seconds since the beginning, ascending.
    connections : how many requests can be waiting at a time; more are opened if need be.

    Raises
    ------
    Refused : the target cannot be connected to, or ends.
    """
    requests = [request(loaded, exchange) for exchange in exchanges]
    with _undisturbed():
        sent = asyncio.run(_Run(loaded, requests, due).whole(connections + SPARE))
    if fate := loaded.fate():
        raise Refused(fate)
    return sent


def request(loaded: Target, exchange: Exchange) -> bytes:
    """Return a request as it is sent."""
    body = exchange.body.encode()
    parts = urlsplit(loaded.url)
    head = (
        f"POST {parts.path}{exchange.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nx-api-key: {loaded.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Run:
    def __init__(self, loaded: Target, requests: Sequence[bytes], due: Sequence[float]) -> None:
        parts = urlsplit(loaded.url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._requests = requests
        self._due = due
        self._sent: list[Sent] = []
        self._idle: list[Connection] = []
        self._open: list[Connection] = []

    async def whole(self, connections: int) -> list[Sent]:
        self._loop = asyncio.get_running_loop()
        self._all_told = self._loop.create_future()
        for _ in range(connections):
            await self._connect()
        try:
            await self._send()
            await asyncio.wait([self._all_told], timeout=PATIENCE_S)
        finally:
            for connection in self._open:
                connection.close()
            # Whoever is still waiting is told that nobody answers.
            await asyncio.sleep(0)
        return self._sent

    async def _send(self) -> None:
        began_s = self._loop.time()
        for number, due_s in enumerate(self._due):
            wait_s = began_s + due_s - self._loop.time()
            if wait_s > 0.0:
                await asyncio.sleep(wait_s)
            if not self._idle:
                await self._connect()
            self._ask(number % len(self._requests), due_s, began_s)

    def _ask(self, number: int, due_s: float, began_s: float) -> None:
        sent_s = self._loop.time() - began_s

        def tell(answer: Answer) -> None:
            self._sent.append(Sent(number, due_s, sent_s, answer.came_s - began_s, answer))
            if len(self._sent) == len(self._due) and not self._all_told.done():
                self._all_told.set_result(None)

        self._idle.pop().ask(self._requests[number], tell)

    async def _connect(self) -> None:
        try:
            _, connection = await self._loop.create_connection(lambda: Connection(self._idle), self._host, self._port)
        except OSError as error:
            raise Refused(f"{self._host}:{self._port} cannot be connected to: {error}") from error
        self._open.append(connection)


@contextmanager
def _undisturbed() -> Iterator[None]:
    # A pause of the garbage collector would be a pause of the arrivals.
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
