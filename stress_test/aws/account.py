"""An AWS account and the function in it, and the local gateway that stands for both."""

from __future__ import annotations

import http.client
import os
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from challenge_neuralworks.deploy.capacity.prices import NEW_ENVIRONMENTS_PER_10_S, REQUESTS_PER_CONCURRENCY
from stress_test.children import child
from stress_test.target import START_S, Refused, Target, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = (sys.executable, "-m", "stress_test.aws.function")
FORBIDDEN = 403


class Throttle(NamedTuple):
    """A usage plan's: requests a second, and how many at once. As infra/stages/prd.tfvars has it for clients."""

    rate: int = 1_200
    burst: int = 2_400


class Account(NamedTuple):
    """An account with one function.

    name : what it is called in reports.
    concurrency : quota of the account; ten times as many requests a second are taken.
    service_ms : how long an environment is busy with a request.
    cold_ms : how long a new one takes before that.
    throttle : of the usage plan that the caller's key belongs to.
    """

    name: str
    concurrency: int
    service_ms: float
    cold_ms: float
    throttle: Throttle = Throttle()

    @property
    def invocations_per_s(self) -> int:
        """Requests a second that Lambda takes of the account."""
        return self.concurrency * REQUESTS_PER_CONCURRENCY

    def variables(self) -> dict[str, str]:
        """Return the gateway's settings that stand for the account."""
        return {
            "NEURALWORKS_CONCURRENCY": str(self.concurrency),
            "NEURALWORKS_COLD_START_MS": str(round(self.cold_ms)),
            "NEURALWORKS_SERVICE_MS": repr(self.service_ms),
            "NEURALWORKS_INVOCATIONS_PER_S": str(self.invocations_per_s),
            "NEURALWORKS_NEW_ENVIRONMENTS_PER_10_S": str(NEW_ENVIRONMENTS_PER_10_S),
        }


@contextmanager
def hosted(account: Account, models_dir: str) -> Iterator[Target]:
    """Run a local gateway that is limited as an account while the block runs; no environment is warm when it begins.

    Raises
    ------
    Refused : it does not start.
    """
    port, key = free_port(), secrets.token_urlsafe(20)
    # What somebody has set for other purposes would be simulated too.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEURALWORKS_")}
    environ |= {"NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off", "NEURALWORKS_MODELS_DIR": models_dir}
    # A hundred new environments would wait for each other while the first of them loads what all share.
    environ |= {"NEURALWORKS_PRELOAD": "on"}
    with tempfile.TemporaryDirectory() as folder:
        plans = Path(folder, "usage-plans.toml")
        plans.write_text(_usage_plans(account.throttle, key), encoding="utf-8")
        environ |= {"PORT": str(port), "NEURALWORKS_USAGE_PLANS": str(plans), **account.variables()}
        with child(COMMAND, environ, output=subprocess.DEVNULL) as process:
            started = Target(f"http://127.0.0.1:{port}", key, process)
            _wait(started)
            yield started


def _usage_plans(throttle: Throttle, key: str) -> str:
    digest = sha256(key.encode()).hexdigest()
    return (
        f"[plans.clients]\nrate = {throttle.rate}\nburst = {throttle.burst}\n\n"
        f'[keys.load]\nplan = "clients"\nsha256 = "{digest}"\n'
    )


def _wait(started: Target) -> None:
    deadline = time.monotonic() + START_S
    while not started.fate() and time.monotonic() < deadline:
        if _refuses(started):
            return
        time.sleep(0.02)
    raise Refused(f"the simulated account does not start: {started.fate() or 'it does not answer'}")


def _refuses(started: Target) -> bool:
    # Without a key, so that the gateway answers by itself: a request to the function would warm an environment.
    connection = http.client.HTTPConnection(urlsplit(started.url).netloc, timeout=START_S)
    try:
        connection.request("GET", "/models")
        return connection.getresponse().status == FORBIDDEN
    except OSError:
        return False
    finally:
        connection.close()
