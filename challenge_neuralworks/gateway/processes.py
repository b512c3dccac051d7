"""granian: one process that starts, announces and ends the workers that serve."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from challenge_neuralworks.gateway.banner import banner
from challenge_neuralworks.gateway.rsgi import ManyEnvironments, OneEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.gateway.core import Handler
    from challenge_neuralworks.gateway.rsgi import RsgiGateway
    from challenge_neuralworks.gateway.start import Plan

BACKLOG = 1024
STOP_S = 5
"""How long running requests may take to finish, seconds, once the server is told to stop."""


def application(plan: Plan) -> RsgiGateway:
    """Return what a worker serves; called in the worker."""
    if hasattr(sys.stdout, "reconfigure"):
        # A log line must not wait for thirty others when the output is a pipe.
        sys.stdout.reconfigure(line_buffering=True)
    options = plan.options
    # Built at once even where environments come on demand: what is wrong with the function shows at the start.
    handler = plan.build(plan.settings)
    if options.side_by_side:
        return ManyEnvironments(plan.gateway(handler), _builder(plan, handler), options)
    return OneEnvironment(plan.gateway(handler), handler, options.timeout_s)


def _builder(plan: Plan, handler: Handler) -> Callable[[], Handler]:
    built = [handler]

    def build() -> Handler:
        with suppress(IndexError):
            return built.pop()
        return plan.build(plan.settings)

    return build


class Server(MPServer):
    """granian, telling when it really listens."""

    def __init__(self, plan: Plan, **arguments: Any) -> None:
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
            **arguments,
        )
        self.plan = plan

    def startup(self, spawn_target: Callable[..., None], target_loader: Callable[..., Any]) -> None:
        """Start the workers, and say so once one of them accepts connections."""
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian types only what it exports
        # Set when a worker died or a signal came: then there is nothing to announce.
        while not self.main_loop_interrupt.wait(0.02):
            try:
                socket.create_connection((self.plan.address, self.plan.settings.port), timeout=1).close()
            except OSError:
                continue
            print(banner(self.plan, "granian"), flush=True)
            return


def serve(plan: Plan) -> None:
    """Serve until a signal; see `challenge_neuralworks.gateway.run`.

    Raises
    ------
    SystemExit : a worker died; the status is 1.
    """
    # Workers may be forked: what is in the buffer now would be written by each.
    sys.stdout.flush()
    server, spawn = Server(plan), None
    if plan.reload:
        from challenge_neuralworks.gateway.reload import ReloadingServer, serve_shared

        server, spawn = ReloadingServer(plan), serve_shared
    load: Callable[[], Any] = partial(application, plan)
    try:
        server.serve(spawn, load, wrap_loader=False)
    except SystemExit:
        # Ctrl-C reaches the workers too: one that ends before its parent has looked is not one that died.
        if not server.interrupt_signal:
            raise
