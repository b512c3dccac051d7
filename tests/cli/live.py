"""What the commands talk to: the local gateway in a process of its own, and a server that answers as it is told."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from click.testing import CliRunner, Result

from challenge_neuralworks.cli import main
from challenge_neuralworks.model import Model
from challenge_neuralworks.store import FolderStore
from tests.gateway.echo import free_port
from tests.making import ROOT

KEY = "a-key-of-the-tests"
MODELS = ROOT / "models"


def run(*arguments: str | Path, key: str | None = KEY, stdin: bytes | None = None) -> Result:
    """Run a command in this process, without a terminal."""
    environment = {"NEURALWORKS_API_KEY": key or ""}
    return CliRunner().invoke(main, [str(part) for part in arguments], stdin, environment, prog_name="neuralworks")


def answers_of(done: Result) -> list[dict[str, Any]]:
    """Return the JSON lines that a command printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of a command in a process of its own."""
    return [sys.executable, "-m", "challenge_neuralworks.cli", *map(str, arguments)]


def environment(**variables: str) -> dict[str, str]:
    """Return an environment with nothing of this one but where programs are."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **variables}


@cache
def model(name: str) -> Model:
    """Return a committed model."""
    return FolderStore(str(MODELS)).get(name)


def sample(name: str, rows: int, seed: int = 1) -> list[dict[str, Any]]:
    """Make up instances that a model takes; what may be missing is so in every fifth."""
    draw = random.Random(seed)
    made = []
    for _ in range(rows):
        instance: dict[str, Any] = {}
        for field in model(name).signature.fields:
            if field.missing == "accept" and draw.random() < 0.2:
                instance[field.name] = None
            elif field.kind == "category":
                instance[field.name] = draw.choice(field.categories)
            else:
                instance[field.name] = draw.randint(int(field.minimum), int(field.maximum))
        made.append(instance)
    return made


def expected(name: str, rows: list[dict[str, Any]]) -> list[tuple[list[float], int | str]]:
    """Return each row's prediction and label, one by one from the model itself."""
    predictions = [model(name).predict(row) for row in rows]
    return [(list(prediction), model(name).label(prediction)) for prediction in predictions]


@contextmanager
def gateway(models_dir: Path = MODELS, *keys: str) -> Iterator[str]:
    """Run ``neuralworks serve`` until the block ends; give its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = environment(NEURALWORKS_API_KEYS=",".join(keys), NEURALWORKS_LOG_LEVEL="OFF")
    with TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command("serve", "--port", str(port), "--models-dir", models_dir),
            cwd=ROOT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Any) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{url}/ping", timeout=5):  # noqa: S310 - http, as stated above
                return
        except (URLError, OSError):
            time.sleep(0.05)
    log.seek(0)
    raise AssertionError(f"the gateway does not listen: {log.read()}")


class Asked(NamedTuple):
    """A request that came, and when."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at_s: float


class Turn(NamedTuple):
    """One answer; without a body a prediction that stands for none, and status 0 hangs up."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    after_s: float = 0.0


class Scripted(ThreadingHTTPServer):
    """Answers POST with one turn after the other, then with predictions; GET with the toy model's description."""

    daemon_threads = True

    def __init__(self, *turns: Turn, described: Any = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.turns = list(turns)
        self.asked: list[Asked] = []
        self.described = described or model("delay").describe()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def posts(self) -> list[Asked]:
        """The predictions that were asked for."""
        return [asked for asked in self.asked if asked.method == "POST"]

    def turn(self) -> Turn:
        """Return the next turn."""
        with self.lock:
            return self.turns.pop(0) if self.turns else Turn()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_GET(self) -> None:
        """Describe the model."""
        self._note(b"")
        self._send(Turn(200, (), json.dumps(self.server.described).encode()))

    def do_POST(self) -> None:
        """Answer with the next turn."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._note(body)
        turn = self.server.turn()
        time.sleep(turn.after_s)
        if turn.status == 0:
            self.close_connection = True
            return
        self._send(turn if turn.body is not None else turn._replace(body=_predicted(body)))

    def _note(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.command, self.path, headers, body, time.monotonic()))

    def _send(self, turn: Turn) -> None:
        body = turn.body or b""
        self.send_response(turn.status)
        for name, value in (*turn.headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def _predicted(body: bytes) -> bytes:
    document = json.loads(body)
    head = {"model": "delay", "version": "v"}
    if "instances" not in document:
        return json.dumps({**head, "prediction": [0.75, 0.25], "label": 1}).encode()
    count = len(document["instances"])
    return json.dumps({**head, "predictions": [[0.75, 0.25]] * count, "labels": [1] * count}).encode()


@contextmanager
def scripted(*turns: Turn, described: Any = None) -> Iterator[Scripted]:
    """Run a scripted server until the block ends."""
    server = Scripted(*turns, described=described)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
