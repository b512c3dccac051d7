"""Workers that are replaced when what they were made from changes, for development."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import resource_tracker
from time import monotonic
from typing import TYPE_CHECKING, Any

from granian import net
from granian.server.mp import MPServer

from challenge_neuralworks.gateway.banner import model_lines
from challenge_neuralworks.gateway.processes import BACKLOG, Server, application
from challenge_neuralworks.gateway.watching import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from granian.server.mp import WorkerProcess

    from challenge_neuralworks.gateway.rsgi import RsgiGateway
    from challenge_neuralworks.gateway.start import Plan

    Spawn = Callable[..., None]

DRAIN_S = 0.1
"""How long a worker that accepts no more waits for the requests of connections that it has accepted, seconds."""

NAMED = 3
"""How many of the files that changed are named."""


def serve_shared(worker_id: int, process_name: str | None, load: Callable[[], Any], sock: Any, *rest: Any) -> None:
    """Serve from the socket that all workers share; runs in the worker."""
    _, shared = sock
    signal.signal(signal.SIGUSR1, partial(_accept_no_more, shared.fileno()))
    holder_of: Any = net.SocketHolder  # type: ignore[attr-defined]  # it is there, unlisted
    holder = holder_of(shared.fileno(), uds=False, backlog=BACKLOG)
    MPServer._spawn_rsgi_worker(worker_id, process_name, load, ((None, holder), shared), *rest)  # noqa: SLF001
    sys.stdout.flush()
    # As a forked worker ends: granian's threads may still run, and abort when they meet an interpreter that is gone.
    os._exit(0)


def _accept_no_more(listener: int, *_signal: object) -> None:
    # Under the number of the shared socket the worker finds one that nobody knows of.
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        nobody.settimeout(0)
        os.dup2(nobody.fileno(), listener)


def announced(plan: Plan, ready: Connection) -> RsgiGateway:
    """Return what a worker serves, and tell its parent which models there are; runs in the worker."""
    gateway = application(plan)
    ready.send(model_lines(plan.settings))
    ready.close()
    return gateway


class ReloadingServer(Server):
    """A server whose workers are replaced by new ones, which import all code anew.

    The port belongs to the parent: a connection that comes while one worker ends and the next begins waits for it.
    """

    def __init__(self, plan: Plan) -> None:
        # A forked worker would inherit the code that its parent has imported.
        multiprocessing.set_start_method("spawn", force=True)
        super().__init__(plan, reload=True)
        self._models: list[str] = []

    def signal_handler_reload(self, *_signal: object) -> None:
        """Ignore SIGHUP: what has changed is known."""

    def _init_shared_socket(self) -> None:
        family = socket.AF_INET6 if ":" in self.plan.address else socket.AF_INET
        self._sso = socket.create_server((self.plan.address, self.plan.settings.port), family=family, backlog=BACKLOG)
        self._ssp = self._shd = None

    def _spawn_workers(self, spawn_target: Spawn, _target_loader: Any) -> None:
        workers = self._started(spawn_target)
        if workers is None:
            sys.exit("error: the server could not start")
        self.wrks = workers

    def _serve_with_reloader(self, spawn_target: Spawn, target_loader: Any) -> None:
        # Followed from before the first worker imports anything, so that no change goes unnoticed.
        with changes(self.plan, self.main_loop_interrupt) as batches:
            self.startup(spawn_target, target_loader)
            for names in batches:
                outcome = self._reloaded(spawn_target)
                # Told to stop meanwhile, it was no fault of the files.
                if not self.main_loop_interrupt.is_set():
                    _say(names, outcome)
        self.shutdown()  # type: ignore[no-untyped-call]

    def _reloaded(self, spawn_target: Spawn) -> str:
        began, before = monotonic(), self._models
        workers = self._started(spawn_target)
        if workers is None:
            return "not reloaded, what ran before goes on; the reason is above"
        old, self.wrks = self.wrks, workers
        self._retire(old)
        news = [line for line in self._models if line not in before]
        return "\n".join([f"reloaded in {monotonic() - began:.1f} s", *news])

    def _started(self, spawn_target: Spawn) -> list[WorkerProcess] | None:
        """Start a whole set of workers; return it once each is ready, or None if one is not to be."""
        started = [self._start(number, spawn_target) for number in range(self.workers)]
        workers = [worker for worker, _ in started]
        for _, ready in started:
            models = self._told(ready)
            if models is None:
                self._end(workers)
                return None
            self._models = models
        for worker in workers:
            # granian's thread that notices when it dies.
            worker._watch()  # type: ignore[no-untyped-call]  # noqa: SLF001
        return workers

    def _retire(self, workers: list[WorkerProcess]) -> None:
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, signal.SIGUSR1)
        # A connection that was accepted and has not yet sent its request would be hung up on.
        self.main_loop_interrupt.wait(DRAIN_S)
        self._end(workers)

    def _end(self, workers: list[WorkerProcess]) -> None:
        # granian ends those that it takes for its own.
        self.wrks, kept = workers, self.wrks
        self._stop_workers()  # type: ignore[no-untyped-call]
        self.wrks = kept

    def _start(self, number: int, spawn_target: Spawn) -> tuple[WorkerProcess, Connection]:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        loader = partial(announced, self.plan, sender)
        worker: WorkerProcess = self._spawn_worker(idx=number, target=spawn_target, callback_loader=loader)
        with _interrupt_held():
            worker.inner.start()
        sender.close()
        return worker, receiver

    def _told(self, ready: Connection) -> list[str] | None:
        while not ready.poll(0.1):
            if self.main_loop_interrupt.is_set():
                return None
        try:
            models: list[str] = ready.recv()
        except EOFError:
            # It died, and said why.
            return None
        return models


@contextmanager
def _interrupt_held() -> Iterator[None]:
    """Have what is started here hear of Ctrl-C only once it serves; before, it would end with a traceback."""
    # It changes the mask itself when it starts.
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _say(names: list[str], outcome: str) -> None:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    print(f"{', '.join(names[:NAMED])}{more} changed: {outcome}", flush=True)
