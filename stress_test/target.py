"""What is loaded: an API that is there, or a local gateway that is started for it and stopped afterwards."""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from stress_test.children import child

if TYPE_CHECKING:
    from collections.abc import Iterator

REMOTE = "STRESS_REMOTE"
START_S = 20


class Refused(Exception):
    """A run that is not begun; says why."""


class Target(NamedTuple):
    """An API.

    url : its root, without a slash at the end.
    process : of the local gateway that was started for the run; None where somebody else's is loaded.
    """

    url: str
    key: str
    process: subprocess.Popen[str] | None = None

    def fate(self) -> str:
        """Return how the gateway ended, although nobody asked it to; "" while it runs, or is not ours."""
        status = self.process.poll() if self.process else None
        return "" if status is None else f"the local gateway ended during the run, with status {status}"


@contextmanager
def target(host: str, key: str, models_dir: str) -> Iterator[Target]:
    """Give what is to be loaded: ``host``, or where that is empty a local gateway with a key that nobody knows.

    Raises
    ------
    Refused : the host may not be loaded, does not answer, or does not take the key.
    """
    if host:
        url = check_host(host)
        _check_key(url, key)
        yield Target(url, key)
        return
    with gateway(models_dir) as started:
        yield started


@contextmanager
def gateway(models_dir: str) -> Iterator[Target]:
    """Run ``neuralworks serve`` on a free port while the block runs.

    Raises
    ------
    Refused : it does not start.
    """
    port, key = free_port(), secrets.token_urlsafe(20)
    # Settings that somebody has for other purposes, such as usage plans, would be measured too.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEURALWORKS_")}
    environ |= {"NEURALWORKS_API_KEYS": key, "NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off"}
    command = [sys.executable, "-m", "challenge_neuralworks.cli", "serve", "--port", str(port)]
    with child([*command, "--models-dir", models_dir], environ, output=subprocess.DEVNULL) as process:
        started = Target(f"http://127.0.0.1:{port}", key, process)
        _wait(started)
        yield started


def check_host(host: str) -> str:
    """Return a host's URL, if it may be loaded.

    Raises
    ------
    Refused : it is no URL, or another machine and STRESS_REMOTE does not say ``yes``.
    """
    parts = urlsplit(host)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"HOST {host!r} is no URL such as http://127.0.0.1:8000")
    if not _is_loopback(parts.hostname) and os.environ.get(REMOTE) != "yes":
        raise Refused(
            f"HOST {host!r} is not this machine. Load on somebody's account costs money, and may throttle what others"
            f" ask of it; where that is meant, set {REMOTE}=yes"
        )
    return host.rstrip("/")


def served_versions(url: str, key: str) -> dict[str, str]:
    """Return name -> version of the models that an API serves.

    Raises
    ------
    Refused : it does not answer, or not with models.
    """
    request = urllib.request.Request(f"{url}/models", headers={"x-api-key": key})  # noqa: S310 - checked by `check_host`
    try:
        with urllib.request.urlopen(request, timeout=START_S) as answer:  # noqa: S310 - as above
            return {str(model["name"]): str(model.get("version")) for model in json.load(answer)["models"]}
    except HTTPError as error:
        with error:
            hint = "; is KEY= the right one?" if error.code == 403 else ""
            raise Refused(f"{url}/models answers with status {error.code}{hint}") from error
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"{url}/models does not answer as it should: {error}") from error


def _check_key(url: str, key: str) -> None:
    if not key:
        raise Refused(f"HOST {url} needs its API key: KEY=...")
    served_versions(url, key)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(started: Target) -> None:
    deadline = time.monotonic() + START_S
    while not started.fate() and time.monotonic() < deadline:
        try:
            served_versions(started.url, started.key)
        except Refused:
            time.sleep(0.05)
        else:
            return
    raise Refused(f"the local gateway does not start: {started.fate() or 'it does not answer'}")
