"""Connections that send exchanges one after the other and compare what comes back."""

from __future__ import annotations

import asyncio
import json
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stress_test.traffic import Exchange


class Outcome(NamedTuple):
    """What came of a run.

    right : answers with the right status and, where it is known, the right body.
    wrong : other answers; ``first_wrong`` tells of one.
    failed : requests that got no answer.
    latencies_ms : of every answer, unsorted.
    """

    right: int
    wrong: int
    failed: int
    elapsed_s: float
    latencies_ms: list[float]
    first_wrong: str


class _Tally:
    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.right = self.wrong = self.failed = 0
        self.first_wrong = ""
        self.latencies_ms: list[float] = []

    def count(self, exchange: Exchange, status: int, body: bytes) -> None:
        if status == exchange.status and (exchange.body is None or json.loads(body) == exchange.body):
            self.right += 1
            return
        self.wrong += 1
        self.first_wrong = self.first_wrong or f"{status} {body[:300]!r} instead of {exchange.status} {exchange.body}"


async def run(port: int, exchanges: Sequence[Exchange], count: int, connections: int, limit_s: float) -> Outcome:
    """Send ``count`` exchanges to 127.0.0.1, going round ``exchanges``, and return what came of them.

    Parameters
    ----------
    connections : kept open, each with one request under way.
    limit_s : seconds after which what is left is not sent.
    """
    started = perf_counter()
    tally = _Tally(started + limit_s)
    shares = [range(first, count, connections) for first in range(min(connections, count))]
    await asyncio.gather(*(_connection(port, exchanges, share, tally) for share in shares))
    elapsed_s = perf_counter() - started
    return Outcome(tally.right, tally.wrong, tally.failed, elapsed_s, tally.latencies_ms, tally.first_wrong)


async def _connection(port: int, exchanges: Sequence[Exchange], share: range, tally: _Tally) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for number in share:
            if perf_counter() > tally.deadline:
                break
            exchange = exchanges[number % len(exchanges)]
            begun = perf_counter()
            writer.write(exchange.request)
            status, body = await _answer(reader)
            tally.latencies_ms.append((perf_counter() - begun) * 1000)
            tally.count(exchange, status, body)
    except (OSError, asyncio.IncompleteReadError):
        tally.failed += 1
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return int(head[9:12]), await reader.readexactly(int(length))
