"""One kept connection: a request out, an answer in, nothing in between; and how many of them share the work."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from stress_test.aws.function import COLD

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
FIRST_ANSWER = f"\r\n{COLD}:".encode()
HEAD_END = b"\r\n\r\n"
NOBODY = 0
"""Status of a request that nobody answered."""


class Answer(NamedTuple):
    """What came back, at ``came_s`` of the loop's clock.

    cold : an environment gave it that was new.
    """

    status: int
    body: bytes
    came_s: float
    cold: bool = False


class Connection(asyncio.Protocol):
    """Asks, and tells who asked what was answered.

    Parameters
    ----------
    idle : where it puts itself when it may be asked.
    """

    def __init__(self, idle: list[Connection]) -> None:
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._got = bytearray()
        self._tell: Callable[[Answer], None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._idle.append(self)

    def ask(self, request: bytes, tell: Callable[[Answer], None]) -> None:
        """Send a request; ``tell`` is called once with its answer."""
        self._tell = tell
        if self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Read an answer, as far as it is there."""
        self._got += data
        end = self._got.find(HEAD_END)
        if end < 0:
            return
        head = bytes(self._got[:end])
        length = LENGTH.search(head)
        # The gateway states the length of every answer; one without would be read as empty, which is a wrong answer.
        whole = end + len(HEAD_END) + (int(length[1]) if length else 0)
        if len(self._got) < whole:
            return
        body = bytes(self._got[end + len(HEAD_END) : whole])
        del self._got[:whole]
        self._idle.append(self)
        self._told(Answer(int(head[9:12]), body, self._loop.time(), FIRST_ANSWER in head.lower()))

    def connection_lost(self, _: Exception | None) -> None:
        """Tell that nobody answers; it cannot be asked again."""
        if self in self._idle:
            self._idle.remove(self)
        self._told(Answer(NOBODY, b"", self._loop.time()))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _told(self, answer: Answer) -> None:
        tell, self._tell = self._tell, None
        if tell is not None:
            tell(answer)
