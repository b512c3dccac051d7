"""Lambda's execution environments: each answers one request at a time, and a new one is made when all are busy.

Sources: AWS, "Understanding the Lambda execution environment lifecycle", "Understanding Lambda function scaling" and
"Lambda scaling behavior".
"""

from __future__ import annotations

import logging
from fractions import Fraction
from itertools import count
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic, monotonic_ns, sleep
from typing import TYPE_CHECKING

from challenge_neuralworks.gateway.context import LambdaContext
from challenge_neuralworks.gateway.core import invoke
from challenge_neuralworks.gateway.limits import ENVIRONMENTS
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY, CONCURRENCY
from challenge_neuralworks.gateway.throttling import Bucket, Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.gateway.core import Admitted, Handler
    from challenge_neuralworks.gateway.messages import HttpResponse
    from challenge_neuralworks.gateway.options import Options
    from challenge_neuralworks.gateway.refusals import Refusal

    Outcome = HttpResponse | Refusal
    Deliver = Callable[[Outcome], None]
    Inbox = SimpleQueue[tuple[Admitted, Deliver, float]]

LOG = logging.getLogger(__name__)

UNLIMITED = 1_000_000_000
WINDOW_S = 10
"""Seconds for which Lambda states by how much a function grows."""


class Environments:
    """Every environment of a function; each is a thread with a handler of its own.

    Parameters
    ----------
    build : makes the handler of a new environment.
    options : how many there may be and how quickly there may be more, how long a cold start and a request take, how
        many requests a second there may be, and how long the function may run.
    """

    def __init__(self, build: Callable[[], Handler], options: Options) -> None:
        self._build = build
        self._most = options.concurrency or ENVIRONMENTS
        self._cold_start_s = options.cold_start_ms / 1000
        self._service_s = options.service_ms / 1000
        self._invocations = _bucket(options.invocations_per_s or UNLIMITED, 1)
        self._growth = _bucket(options.new_per_10_s or UNLIMITED, WINDOW_S)
        self._timeout_s = options.timeout_s
        self._idle: list[Inbox] = []
        self._alive = 0
        self._lock = Lock()
        self._unstarted: SimpleQueue[Inbox] = SimpleQueue()
        Thread(target=self._start_threads, name="environments", daemon=True).start()

    def submit(self, admitted: Admitted, deliver: Deliver) -> Refusal | None:
        """Give a request to an environment that is free, or new; return why where none can be had.

        Parameters
        ----------
        deliver : is called once with the outcome, in the environment's thread.
        """
        inbox = self._take()
        if inbox is None:
            return CONCURRENCY
        inbox.put((admitted, deliver, monotonic()))
        return None

    def _take(self) -> Inbox | None:
        with self._lock:
            now_ns = monotonic_ns()
            if not self._invocations.has_token(now_ns):
                return None
            # The one that was busy last, as Lambda does it, so that a few are kept warm.
            inbox = self._idle.pop() if self._idle else self._new(now_ns)
            if inbox is not None:
                self._invocations.take()
            return inbox

    def _new(self, now_ns: int) -> Inbox | None:
        if self._alive == self._most or not self._growth.has_token(now_ns):
            return None
        self._growth.take()
        self._alive += 1
        inbox: Inbox = SimpleQueue()
        self._unstarted.put(inbox)
        return inbox

    def _start_threads(self) -> None:
        # In a thread of its own, because on a busy machine a thread takes milliseconds to start, and whoever brings
        # the next request must not wait for that. A cold start is counted from the request in any case.
        for number in count(1):
            inbox = self._unstarted.get()
            try:
                # A daemon: the process does not wait for a function that never ends.
                Thread(target=self._live, args=(number, inbox), name=f"environment-{number}", daemon=True).start()
            except RuntimeError:
                LOG.exception("environment %s cannot start", number)
                _, deliver, _ = inbox.get()
                self._leave(inbox, alive=False)
                deliver(CONCURRENCY)

    def _live(self, number: int, inbox: Inbox) -> None:
        handler: Handler | None = None
        alive = True
        while alive:
            admitted, deliver, begun_s = inbox.get()
            try:
                if handler is None:
                    handler, begun_s = self._warm(begun_s)
                context = LambdaContext(admitted.stamp.invocation_id, self._timeout_s, number)
                outcome = invoke(handler, admitted, context)
                _sleep_until(begun_s + self._service_s)
            # It could not start, or it called sys.exit: Lambda, too, makes a new one for the next request.
            except BaseException:
                LOG.exception("environment %s ended in invocation %s", number, admitted.stamp.invocation_id)
                outcome, alive = BAD_GATEWAY, False
            # Before the answer: who has it may count on the environment being free.
            self._leave(inbox, alive=alive)
            deliver(outcome)

    def _warm(self, asked_s: float) -> tuple[Handler, float]:
        _sleep_until(asked_s + self._cold_start_s)
        # The function's own time begins once it is there.
        return self._build(), monotonic()

    def _leave(self, inbox: Inbox, *, alive: bool) -> None:
        with self._lock:
            if alive:
                self._idle.append(inbox)
            else:
                self._alive -= 1


def _bucket(most: int, seconds: int) -> Bucket:
    # AWS refills both steadily; that as much may come at once as is allowed in the whole time, it says of growth alone.
    return Bucket(Throttle(Fraction(most, seconds), most), monotonic_ns())


def _sleep_until(instant_s: float) -> None:
    sleep(max(0.0, instant_s - monotonic()))
