"""Answering in the stead of a function that takes too long and holds the event loop's thread meanwhile."""

from __future__ import annotations

from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Request = TypeVar("Request")


class Deadlines(Generic[Request]):
    """Requests that are being answered, and a thread that sees to those it is too late for.

    A request costs one entry put in and taken out; the thread need not be told of it. With nothing running it sleeps
    for one timeout, and what begins meanwhile cannot be due before it wakes.

    Parameters
    ----------
    timeout_s : how long a request may take.
    late : is called with a request at its deadline, in the thread.
    """

    def __init__(self, timeout_s: float, late: Callable[[Request], None]) -> None:
        self._timeout_s = timeout_s
        self._late = late
        self._running: dict[str, tuple[float, Request]] = {}

    def watch(self) -> None:
        """Start the thread; it ends with the process."""
        Thread(target=self._watch, name="deadlines", daemon=True).start()

    def begin(self, number: str, request: Request) -> None:
        """Count a request's time from now on."""
        self._running[number] = (monotonic() + self._timeout_s, request)

    def end(self, number: str) -> bool:
        """Return whether a request is still to be answered; at most one caller hears so."""
        # Taking an entry out is one step for all threads.
        return self._running.pop(number, None) is not None

    def _watch(self) -> None:
        while True:
            # Taken before looking: what begins afterwards is due later.
            latest = monotonic() + self._timeout_s
            due = min([latest, *(deadline for deadline, _ in tuple(self._running.values()))])
            sleep(max(0.0, due - monotonic()))
            now = monotonic()
            for number, (deadline, request) in tuple(self._running.items()):
                if deadline <= now and self.end(number):
                    self._late(request)
