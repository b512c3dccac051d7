"""Lambda's execution environments: each answers one request at a time, and a new one is made when all are busy.

Source: AWS, "Understanding the Lambda execution environment lifecycle" and "Understanding Lambda function scaling".
"""

from __future__ import annotations

import logging
from itertools import count
from queue import SimpleQueue
from threading import Lock, Thread
from time import sleep
from typing import TYPE_CHECKING

from challenge_neuralworks.gateway.context import LambdaContext
from challenge_neuralworks.gateway.core import invoke
from challenge_neuralworks.gateway.limits import ENVIRONMENTS
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY, CONCURRENCY

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.gateway.core import Admitted, Handler
    from challenge_neuralworks.gateway.messages import HttpResponse
    from challenge_neuralworks.gateway.options import Options
    from challenge_neuralworks.gateway.refusals import Refusal

    Outcome = HttpResponse | Refusal
    Deliver = Callable[[Outcome], None]
    Inbox = SimpleQueue[tuple[Admitted, Deliver]]

LOG = logging.getLogger(__name__)


class Environments:
    """Every environment of a function; each is a thread with a handler of its own.

    Parameters
    ----------
    build : makes the handler of a new environment.
    options : how many there may be, how long a cold start takes, and how long the function may run.
    """

    def __init__(self, build: Callable[[], Handler], options: Options) -> None:
        self._build = build
        self._most = options.concurrency or ENVIRONMENTS
        self._cold_start_s = options.cold_start_ms / 1000
        self._timeout_s = options.timeout_s
        self._idle: list[Inbox] = []
        self._alive = 0
        self._numbers = count(1)
        self._lock = Lock()

    def submit(self, admitted: Admitted, deliver: Deliver) -> Refusal | None:
        """Give a request to an environment that is free, or new; return why where none can be had.

        Parameters
        ----------
        deliver : is called once with the outcome, in the environment's thread.
        """
        inbox = self._take()
        if inbox is None:
            return CONCURRENCY
        inbox.put((admitted, deliver))
        return None

    def _take(self) -> Inbox | None:
        with self._lock:
            if self._idle:
                # The one that was busy last, as Lambda does it, so that a few are kept warm.
                return self._idle.pop()
            if self._alive == self._most:
                return None
            self._alive += 1
        inbox: Inbox = SimpleQueue()
        number = next(self._numbers)
        # A daemon: the process does not wait for a function that never ends.
        Thread(target=self._live, args=(number, inbox), name=f"environment-{number}", daemon=True).start()
        return inbox

    def _live(self, number: int, inbox: Inbox) -> None:
        handler: Handler | None = None
        alive = True
        while alive:
            admitted, deliver = inbox.get()
            try:
                if handler is None:
                    handler = self._start()
                context = LambdaContext(admitted.stamp.invocation_id, self._timeout_s, number)
                outcome = invoke(handler, admitted, context)
            # It could not start, or it called sys.exit: Lambda, too, makes a new one for the next request.
            except BaseException:
                LOG.exception("environment %s ended in invocation %s", number, admitted.stamp.invocation_id)
                outcome, alive = BAD_GATEWAY, False
            # Before the answer: who has it may count on the environment being free.
            self._leave(inbox, alive=alive)
            deliver(outcome)

    def _start(self) -> Handler:
        sleep(self._cold_start_s)
        return self._build()

    def _leave(self, inbox: Inbox, *, alive: bool) -> None:
        with self._lock:
            if alive:
                self._idle.append(inbox)
            else:
                self._alive -= 1
