"""Users for Locust: what they send is drawn beforehand, and every answer is compared with the known one.

`python -m stress_test` starts Locust with this file.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import secrets
import time
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from locust import FastHttpUser, LoadTestShape, argument_parser, events, task

from challenge_neuralworks.store import FolderStore
from stress_test.checking import failure
from stress_test.exchanges import NO_KEY, RIGHT_KEY, Exchange
from stress_test.judging import Judge, measure_finely
from stress_test.plan import KEY_VARIABLE, Plan, read_plan
from stress_test.rows import draw_rows
from stress_test.shapes import Pace, users_at
from stress_test.traffic import draw_traffic

SHOWN = 5
"""Wrong answers that are told in full, of each process."""

TIMEOUT_S = 30.0
STRANGE_KEY = secrets.token_hex(10)
"""A key that nobody has."""

LOG = logging.getLogger("stress_test")


class Asking(FastHttpUser):
    """Sends the exchanges of its kind, drawn at random, and looks at every answer."""

    abstract = True
    kind: ClassVar[str]
    plan: ClassVar[Plan]
    exchanges: ClassVar[list[Exchange]]
    shown: ClassVar[list[str]] = []
    pace: Pace
    network_timeout = connection_timeout = TIMEOUT_S
    concurrency = 1

    def wait_time(self) -> float:
        """Return how long to wait before the next request, so that there are `Plan.rate` a second."""
        return self.pace.wait_s(time.perf_counter()) if self.plan.rate else 0.0

    def on_start(self) -> None:
        """Begin at a moment of one's own: users that come together would else ask together for ever."""
        if self.plan.rate:
            self.pace = Pace(self.plan.rate, time.perf_counter(), random.random())  # noqa: S311 - traffic, no secret
            time.sleep(self.wait_time())

    @task
    def ask(self) -> None:
        """Send one request and judge its answer."""
        exchange = random.choice(self.exchanges)  # noqa: S311 - traffic, no secret
        with self.client.post(
            exchange.path,
            data=exchange.body,
            headers=_headers(exchange),
            name=exchange.name,
            catch_response=True,
        ) as response:
            if not response.status_code:
                response.failure(f"no answer: {type(response.error).__name__}")
                return
            body = response.content or b""
            name, detail = failure(exchange, response.status_code, body)
            if name:
                self._tell(exchange, detail, body)
                response.failure(name)
            else:
                response.success()

    def _tell(self, exchange: Exchange, detail: str, body: bytes) -> None:
        if len(self.shown) < SHOWN:
            self.shown.append(detail)
            got = body.decode(errors="replace")
            LOG.error(
                "%s: %s\n  POST %s %.600s\n  got %.600s", exchange.name, detail, exchange.path, exchange.body, got
            )


class SingleUser(Asking):
    """Asks for one instance at a time, now and then badly."""

    kind = "single"


class BatchUser(Asking):
    """Asks for 10 to 100 instances at a time."""

    kind = "batch"


class ExplainUser(Asking):
    """Asks why."""

    kind = "explain"


class ProtocolUser(Asking):
    """Speaks the Open Inference Protocol."""

    kind = "protocol"


class AbusiveUser(Asking):
    """Has no key, or a wrong one."""

    kind = "abusive"


USERS: tuple[type[Asking], ...] = (SingleUser, BatchUser, ExplainUser, ProtocolUser, AbusiveUser)


class Course(LoadTestShape):
    """The plan's shape; the web page may change users and time."""

    use_common_options = True

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there should be now, and how many may come or go in a second."""
        runner: Any = self.runner
        options = runner.environment.parsed_options
        plan = Asking.plan
        most, time_s = options.num_users or plan.users, _seconds(options.run_time) or plan.time_s
        elapsed_s: float = self.get_run_time()  # type: ignore[no-untyped-call]  # Locust's own
        users = users_at(plan.shape, elapsed_s, most, time_s)
        return None if users is None else (users, float(most))


def spawn_quickly() -> None:
    """Let Locust's workers build its parser of options once, not for each option of each message that adds users.

    A ramp adds users every second; for a fifth of it no process would send a request or see an answer.
    """
    argument_parser.default_args_dict = cache(argument_parser.default_args_dict)


def _seconds(run_time: Any) -> float:
    return float(run_time) if isinstance(run_time, int | float) else 0.0


def _headers(exchange: Exchange) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if exchange.key != NO_KEY:
        headers["x-api-key"] = os.environ[KEY_VARIABLE] if exchange.key == RIGHT_KEY else STRANGE_KEY
    return headers


@events.init.add_listener  # type: ignore[untyped-decorator]  # Locust's own
def prepare(environment: Any, **_: Any) -> None:
    """Draw the traffic; leave out kinds of users that have none, or no weight."""
    plan = Asking.plan = read_plan(os.environ)
    measure_finely()
    spawn_quickly()
    Judge(environment, plan).listen()
    store = FolderStore(plan.models_dir)
    models = [store.get(name) for name in store.names()]
    drawn = json.loads(Path(plan.rows_file).read_text(encoding="utf-8")) if plan.rows_file else {}
    rows = {model.name: drawn.get(model.name) or draw_rows(model, plan.rows, plan.seed) for model in models}
    traffic = draw_traffic(models, rows, plan.seed)
    for user in USERS:
        user.exchanges, user.weight = traffic[user.kind], plan.weights[user.kind]
    environment.user_classes = [user for user in USERS if user.exchanges and user.weight]
    # Traffic is all there is and stays as it is: looking through it for garbage would keep users waiting.
    gc.collect()
    gc.freeze()
