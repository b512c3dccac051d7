"""HTTP calls that may be repeated, tried again while that can help: predictions change nothing."""

from __future__ import annotations

import random
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import urllib3
from urllib3 import exceptions

from challenge_neuralworks.client.address import BadAddress
from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenge_neuralworks.client.address import Address

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that another try may not see: throttled, a function that failed to start, a model that is down."""

ATTEMPT_S = 30.0
"""API Gateway gives up after 29 s: whatever comes later is not an answer."""

BASE_S = 0.5
LONGEST_S = 20.0
"""Bounds of the wait before a try: between nothing and the base, doubled each time up to the longest."""


class Unreachable(NeuralworksError):
    """No answer came, however often it was asked for."""

    code = "unreachable"


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Trying(NamedTuple):
    """How long to go on.

    retries : further tries after the first.
    timeout_s : for one call in all, with its retries and waits.
    """

    retries: int = 5
    timeout_s: float = 60.0


class Caller:
    """Calls one API, over connections that it keeps; several threads may share it.

    Parameters
    ----------
    key : sent as ``x-api-key``, to this address only: a redirect is an answer, and is not followed.
    connections : kept open at most.

    Attributes
    ----------
    retries : tries after the first so far, of all calls.
    """

    def __init__(self, address: Address, key: str | None, trying: Trying, connections: int = 1) -> None:
        self.address = address
        self.retries = 0
        self._trying = trying
        self._headers = {"Accept": "application/json", **({"x-api-key": key} if key else {})}
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=connections)
        self._lock = Lock()
        self._closed = Event()

    def call(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Return the answer, whatever its status, unless that one is `PASSING` to the end.

        Parameters
        ----------
        path : from the root on, with its query, percent-encoded.

        Raises
        ------
        Unreachable : retries or time are used up; says what the last try came to.
        BadAddress : no try can reach a host of that name.
        """
        started = monotonic()
        end = started + self._trying.timeout_s
        attempt = 0
        while True:
            reply, why = self._try(method, path, body, min(ATTEMPT_S, max(0.01, end - monotonic())))
            if reply is not None and reply.status not in PASSING:
                return reply
            wait_s = _wait_s(attempt, reply)
            tries = f"{attempt + 1} {'try' if attempt == 0 else 'tries'} in {monotonic() - started:.1f} s"
            if attempt >= self._trying.retries:
                raise Unreachable(f"{self.address.root} does not answer after {tries}: {why}")
            if monotonic() + wait_s >= end:
                left = f"a wait of {wait_s:.1f} s is more than the timeout of {self._trying.timeout_s:g} s leaves"
                raise Unreachable(f"{self.address.root} does not answer after {tries}: {why}; {left}")
            if self._closed.wait(wait_s):
                raise Unreachable(f"{self.address.root} is not asked any more: {why}")
            attempt += 1
            with self._lock:
                self.retries += 1

    def close(self) -> None:
        """Close what is open, and end every wait."""
        self._closed.set()
        self._pool.clear()

    def _try(self, method: str, path: str, body: bytes | None, timeout_s: float) -> tuple[Reply | None, str]:
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        try:
            answer = self._pool.request(
                method,
                self.address.root + path,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(total=timeout_s),
                # Both are decided here: urllib3's own retries know no deadline for all of them together.
                retries=False,
                redirect=False,
            )
        except exceptions.SSLError as error:
            # A certificate does not become valid by asking again.
            raise Unreachable(f"{self.address.root} cannot be trusted: {error}") from error
        except exceptions.LocationValueError as error:
            # Nor does a host's name.
            raise BadAddress(f"{self.address.root} names no host that can be asked: {error}") from error
        except exceptions.HTTPError as error:
            return None, _reason(error, timeout_s)
        reply = Reply(answer.status, answer.headers, answer.data)
        return reply, f"status {reply.status}"


def _wait_s(attempt: int, reply: Reply | None) -> float:
    # Full jitter: clients that were refused together must not come back together.
    jittered = random.uniform(0, min(LONGEST_S, BASE_S * 2**attempt))  # noqa: S311 - no secret depends on it
    asked = reply.headers.get("Retry-After") if reply is not None else None
    if not asked:
        return jittered
    try:
        return max(jittered, urllib3.Retry().parse_retry_after(asked))
    except exceptions.InvalidHeader:
        return jittered


def _reason(error: exceptions.HTTPError, timeout_s: float) -> str:
    # urllib3's own texts name objects and addresses in memory.
    if isinstance(error, exceptions.NameResolutionError):
        return "its name cannot be resolved"
    # To urllib3 a refused connection is a kind of time-out.
    if isinstance(error, exceptions.NewConnectionError):
        cause: Any = error.__cause__ or error.__context__
        return f"no connection ({getattr(cause, 'strerror', None) or cause}); is it running there?"
    if isinstance(error, exceptions.TimeoutError):
        return f"nothing came within {timeout_s:.1f} s"
    return "the connection broke off"
