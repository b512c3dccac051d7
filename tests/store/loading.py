"""The local gateway that follows an S3, and wrk that asks it all the time and forgets no answer."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.gateway.echo import free_port
from tests.making import INSTANCE, ROOT
from tests.store.place import Place, until

SCRIPT = Path(__file__).with_name("every_answer.lua")
KEY = "a-key"
BODY = json.dumps(INSTANCE)


class Seen(NamedTuple):
    """One answer, of whatever status: how often it came, and when, by the monotonic clock."""

    text: str
    times: int
    first: float
    last: float


class Load:
    """A run of wrk; once it has ended, what it saw."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.failed = -1

    def read(self, text: str) -> None:
        """Take what wrk wrote."""
        found: dict[str, Seen] = {}
        for line in text.splitlines():
            kind, _, rest = line.partition("\t")
            if kind == "failed":
                self.failed = int(rest)
            if kind == "seen":
                counted, first, last, answer = rest.split("\t", 3)
                one = Seen(answer, int(counted), float(first), float(last))
                before = found.get(answer, one._replace(times=0))
                times, moments = before.times + one.times, (before.first, one.first, before.last, one.last)
                found[answer] = Seen(answer, times, min(moments), max(moments))
        self.seen = sorted(found.values(), key=lambda one: one.first)


class Serving:
    """A gateway that listens.

    Attributes
    ----------
    log : file of its standard output.
    """

    def __init__(self, port: int, process: subprocess.Popen[str], log: Path) -> None:
        self._port = port
        self.url = f"http://127.0.0.1:{port}"
        self.process = process
        self.log = log

    def get(self, path: str) -> Any:
        """Return the document at a path."""
        return json.loads(self._ask("GET", path).partition(" ")[2])

    def answer(self) -> str:
        """Return the answer to what the load asks, as the load writes it down."""
        return self._ask("POST", "/inference/toy", BODY)

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, body, {"x-api-key": KEY, "content-type": "application/json"})
            told = connection.getresponse()
            return f"{told.status} {told.read().decode()}"
        finally:
            connection.close()

    def lines(self, message: str) -> list[dict[str, Any]]:
        """Return the log lines of a message."""
        text = self.log.read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in found if line.get("message") == message]

    @contextmanager
    def load(self) -> Iterator[Load]:
        """Ask as fast as answers come, while the block runs."""
        wrk = shutil.which("wrk")
        assert wrk
        command = [wrk, "-t2", "-c16", "-d60s", "--timeout", "10s", "-s", str(SCRIPT), self.url]
        environ = {**os.environ, "STORE_KEY": KEY}
        running = subprocess.Popen(
            [*command, "--", "/inference/toy", BODY], env=environ, stdout=subprocess.PIPE, text=True
        )
        load = Load()
        try:
            time.sleep(0.3)
            yield load
            running.send_signal(signal.SIGINT)
        finally:
            if sys.exception():
                running.kill()
            load.read(running.communicate(timeout=30)[0])


@contextmanager
def gateway(place: Place, url: str, folder: Path, *, ttl_s: float) -> Iterator[Serving]:
    """Run the gateway as `neuralworks serve` does, with ``folder/baked`` beside the store, until the block ends."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder),
        "PORT": str(port),
        "NEURALWORKS_API_KEYS": KEY,
        "NEURALWORKS_MODELS_DIR": str(folder / "baked"),
        "NEURALWORKS_STORE": url,
        "NEURALWORKS_STORE_TTL_S": str(ttl_s),
        # A line a request would be more to write than to answer.
        "NEURALWORKS_LOG_LEVEL": "WARNING",
        **place.environ,
    }
    log = folder / "gateway.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "challenge_neuralworks.cli", "serve"],
            cwd=ROOT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            until(lambda: "x-api-key" in log.read_text(encoding="utf-8") or process.poll() is not None, 30)
            assert process.poll() is None, log.read_text(encoding="utf-8")
            yield Serving(port, process, log)
        finally:
            process.terminate()
            process.wait(timeout=30)
