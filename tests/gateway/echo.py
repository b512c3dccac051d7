"""A function that answers with its event, and servers that run it in processes of their own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.making import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from challenge_neuralworks.gateway.core import Handler
    from challenge_neuralworks.settings import Settings

KEY = "a-key-of-the-tests"
OTHER_KEY = "another-of-the-tests"
SERVERS = ("granian", "waitress")
MAIN = "from tests.gateway.echo import main; main()"


def build(_settings: Settings) -> Handler:
    """Return the function: it answers with its event, after a second under /slow."""
    return echo


def echo(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer with the event."""
    if event["path"] == "/slow":
        time.sleep(1.0)
    headers = {"Content-Type": "application/json", "X-Once": "1"}
    multiple = {"X-Twice": ["a", "b"]}
    return {"statusCode": 200, "headers": headers, "multiValueHeaders": multiple, "body": json.dumps(event)}


def main() -> None:
    """Serve the echo with the server named first, as the environment says."""
    from challenge_neuralworks.errors import NeuralworksError
    from challenge_neuralworks.gateway import local_settings, read_options, run

    name: Any = sys.argv[1]
    try:
        run(local_settings(os.environ), options=read_options(os.environ), server=name, build=build)
    except NeuralworksError as error:
        sys.exit(f"error: {error}")


class Answer(NamedTuple):
    """A response; names of headers in lower case, with every value."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The event that the echo got."""
        event: dict[str, Any] = json.loads(self.body)
        return event


class Running(NamedTuple):
    """A server process that listens."""

    port: int
    process: subprocess.Popen[str]
    banner: str

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            return read(connection.getresponse())
        finally:
            connection.close()

    def send(self, *parts: bytes) -> Answer:
        """Send bytes as they are, as far as the server takes them, and return its answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            # A server that has refused may hang up; what it said before must be there all the same.
            with suppress(OSError):
                for part in parts:
                    connection.sendall(part)
            response = http.client.HTTPResponse(connection)
            response.begin()
            return read(response)

    def listens(self) -> bool:
        """Return whether somebody accepts connections on the port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Signal the process; return its status and how long it took to end, seconds."""
        started = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=30), time.monotonic() - started


def read(response: http.client.HTTPResponse) -> Answer:
    """Return a response, read to its end."""
    headers: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        headers.setdefault(name.lower(), []).append(value)
    return Answer(response.status, headers, response.read())


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(command: list[str], **variables: str) -> subprocess.Popen[str]:
    """Start Python with a command line, in the project's folder and a clean environment."""
    environment = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error", "PYTHONPATH": str(ROOT), **variables}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def serving(server: str, command: list[str] | None = None, **variables: str) -> Iterator[Running]:
    """Run a server until the block ends; it must then have nothing to complain of."""
    port = free_port()
    settings = {"PORT": str(port), "NEURALWORKS_API_KEYS": f"{KEY},{OTHER_KEY}", **variables}
    process = start(command or ["-c", MAIN, server], **settings)
    try:
        assert process.stdout is not None
        banner = ""
        # The line with the keys is the last that every banner has.
        while "x-api-key" not in banner:
            line = process.stdout.readline()
            assert line, (process.wait(timeout=10), process.stderr and process.stderr.read())
            banner += line
        yield Running(port, process, banner)
    finally:
        process.terminate()
        errors = process.communicate(timeout=30)[1]
    assert errors == ""
