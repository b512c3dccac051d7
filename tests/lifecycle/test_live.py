"""A gateway that follows a store: shadowed, promoted, watched, and taken back, with callers asking all the while."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.cli.live import KEY, command, environment
from tests.gateway.echo import free_port
from tests.lifecycle.storing import MANY, point, published, store_at
from tests.making import INSTANCE

METRICS = {"random_split": {"auc": 0.75}}


class Live:
    """A gateway in a process of its own, its log, and callers who ask it without end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions = store_at(folder / "store")
        bases = {"good": -0.5, "close": -0.49, "far": -1.5}
        self.toys = {
            name: published(self.versions, folder / name, base, metrics=METRICS) for name, base in bases.items()
        }
        self.log = folder / "gateway.log"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.answers: list[Any] = []
        self._stop = threading.Event()

    def ask(self, rows: Any = MANY) -> Any:
        """Return the answer to rows."""
        headers = {"x-api-key": KEY, "Content-Type": "application/json"}
        body = json.dumps({"instances": rows}).encode()
        request = Request(f"{self.url}/inference/toy", body, headers)  # noqa: S310 - http, as stated above
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return json.load(answer)

    def wait_for(self, version: str) -> None:
        """Wait until the gateway answers from a version."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if self.ask([INSTANCE])["version"] == version:
                    return
            except (URLError, OSError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"{version} is not served: {self.log.read_text()[-2000:]}")

    @contextmanager
    def callers(self) -> Iterator[None]:
        """Have rows asked for until the block ends."""
        thread = threading.Thread(target=self._call)
        self._stop.clear()
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def run(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a command over the store."""
        asked = command(name, "toy", *arguments, "--store", self.folder / "store", "--shadow-log", self.log)
        return subprocess.Popen(
            asked, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=1
        )

    @property
    def production(self) -> str:
        """Where production is."""
        pointer = self.versions.alias("toy", "production")
        assert pointer is not None
        return pointer.version

    def _call(self) -> None:
        while not self._stop.wait(0.02):
            self.answers.append(self.ask())


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """Return a gateway that serves ``good`` and shadows every request, with ``close`` and ``far`` in its store."""
    made = Live(tmp_path)
    point(made.versions, "production", made.toys["good"])
    (tmp_path / "models").mkdir()
    variables = {
        "NEURALWORKS_STORE": str(tmp_path / "store"),
        "NEURALWORKS_STORE_TTL_S": "0.2",
        "NEURALWORKS_SHADOW": "1",
        "NEURALWORKS_API_KEYS": KEY,
        "TMPDIR": str(tmp_path),
    }
    with made.log.open("w") as log:
        asked = command("serve", "--port", made.url.rpartition(":")[2], "--models-dir", tmp_path / "models")
        process = subprocess.Popen(asked, env=environment(**variables), stdout=log, stderr=log)
        try:
            made.wait_for(made.toys["good"])
            yield made
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_a_candidate_is_shadowed_promoted_and_watched(live: Live) -> None:
    """One that is close passes the gate of shadowing, one that is far does not; all callers are answered by one."""
    toys = live.toys
    with live.callers():
        point(live.versions, "candidate", toys["close"])
        asked = ("--shadow-rows", "200", "--shadow-max-flips", "5%", "--keep-shadow")
        deadline = time.monotonic() + 30
        while (ended := _ended(live.run("promote", *asked)))[0] and time.monotonic() < deadline:
            time.sleep(0.2)
        assert ended[0] == 0, ended
        live.wait_for(toys["close"])
        watched = _ended(live.run("watch", "--for", "1s", "--poll", "0.2s", "--max-flips", "5%", "--min-rows", "20"))
        assert watched[0] == 0, watched
        assert watched[1].splitlines()[-1] == f"toy stays at {toys['close']}"
        point(live.versions, "candidate", toys["far"])
        while '"candidate":"' + toys["far"] not in live.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        refused = _ended(live.run("promote", "--shadow-rows", "20", "--shadow-max-flips", "5%"))
        assert refused[0] == 1
        assert "shadow closed" in refused[2]
    assert live.production == toys["close"]
    assert {answer["version"] for answer in live.answers} == {toys["good"], toys["close"]}


def test_a_bad_version_is_taken_back_while_it_is_watched(live: Live) -> None:
    """Its figures passed every gate; its answers break the bound, and callers are back where they were."""
    toys = live.toys
    with live.callers():
        asked = ("--keep-shadow", "--watch", "60s", "--max-flips", "5%", "--poll", "0.2s")
        code, output, errors = _ended(live.run("promote", toys["far"], *asked))
        assert code == 1, output + errors
        assert live.production == toys["good"]
        live.wait_for(toys["good"])
    assert f"toy {toys['far']}: " in errors
    assert errors.rstrip().endswith(f"labels flipped, at most 5.000% may; production is back at {toys['good']}")
    pointer = live.versions.alias("toy", "production")
    assert pointer is not None
    assert [move.version for move in pointer.moves] == [toys[name] for name in ("good", "far", "good")]
    assert pointer.moves[-1].reason.startswith("watch: ")
    assert {answer["version"] for answer in live.answers} == {toys["good"], toys["far"]}


def test_ctrl_c_ends_a_watch_and_leaves_production(live: Live) -> None:
    """Whoever stops looking has not said that the version is bad."""
    toys = live.toys
    point(live.versions, "production", toys["close"])
    process = live.run("watch", "--for", "10m", "--poll", "10s")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    code, _, errors = _ended(process)
    assert (code, live.production) == (130, toys["close"])
    assert errors == f"stopped by SIGINT: toy stays at {toys['close']}, nothing was moved\n"


def _ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=90)
    return process.returncode, output, errors
