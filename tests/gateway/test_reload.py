"""Code, models and usage plans that change while the gateway runs with ``--reload``."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

import pytest

from challenge_neuralworks.gateway.start import Plan
from challenge_neuralworks.gateway.watching import watched
from challenge_neuralworks.settings import Settings
from tests.gateway.acting import build
from tests.gateway.echo import KEY, Running, free_port, start
from tests.making import INSTANCE, ROOT, seal

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADERS = {"x-api-key": KEY, "content-type": "application/json"}
BODY = json.dumps(INSTANCE)
# The project's folder must not come first: the copy is what is served.
COMMAND = ["-P", "-m", "challenge_neuralworks.cli", "serve", "--reload"]


class Reloading(NamedTuple):
    """A server with a copy of the package, and what it has printed."""

    running: Running
    package: Path
    models: Path
    lines: list[str]
    errors: list[str]

    def line(self, *parts: str) -> str:
        """Return the next line printed that holds all parts, which must come soon."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for number, line in enumerate(self.lines):
                if all(part in line for part in parts):
                    del self.lines[: number + 1]
                    return line
            time.sleep(0.02)
        raise AssertionError((parts, self.lines, self.errors))

    def version(self, model: str) -> tuple[int, str | None]:
        """Return status and version of an answer."""
        answer = self.running.ask("POST", f"/inference/{model}", HEADERS, BODY)
        return answer.status, json.loads(answer.body).get("version")


@contextmanager
def reloading(folder: Path, **variables: str) -> Iterator[Reloading]:
    """Serve two toy models with a copy of the package, until the block ends."""
    package, models = folder / "code" / "challenge_neuralworks", folder / "models"
    shutil.copytree(
        ROOT / "challenge_neuralworks", package, ignore=shutil.ignore_patterns("__pycache__", "training", "testing")
    )
    for name in ("other", "toy"):
        seal(models, name)
    paths = {"PYTHONPATH": str(package.parent), "NEURALWORKS_MODELS_DIR": str(models)}
    port = free_port()
    process = start(COMMAND, PORT=str(port), NEURALWORKS_API_KEYS=KEY, **{**paths, **variables})
    lines: list[str] = []
    errors: list[str] = []
    streams = ((process.stdout, lines), (process.stderr, errors))
    readers = [threading.Thread(target=gather, args=stream) for stream in streams]
    for reader in readers:
        reader.start()
    server = Reloading(Running(port, process, ""), package, models, lines, errors)
    try:
        server.line("  curl ")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
        for reader in readers:
            reader.join(timeout=10)


def gather(stream: IO[str], lines: list[str]) -> None:
    """Take down what a process prints, as it comes."""
    with stream:
        for line in stream:
            lines.append(line.rstrip("\n"))  # noqa: PERF401  # each is wanted as soon as it is there


@contextmanager
def asked_on(ask: Callable[[], int]) -> Iterator[list[int]]:
    """Ask gently, a hundred times a second, until the block ends; the list fills with the statuses."""
    statuses: list[int] = []
    stopping = threading.Event()

    def ask_on() -> None:
        while not stopping.wait(0.01):
            try:
                statuses.append(ask())
            except OSError as error:
                statuses.append(-(error.errno or 1))

    client = threading.Thread(target=ask_on)
    client.start()
    try:
        yield statuses
    finally:
        stopping.set()
        client.join(timeout=30)


def test_model_code_and_faults_are_taken_up_without_a_failed_request(tmp_path: Path) -> None:
    """A new version, a broken manifest, broken code, new code, one after the other: no request fails meanwhile."""
    with reloading(tmp_path) as server, asked_on(lambda: server.version("toy")[0]) as statuses:
        sealed = seal(server.models, "toy", threshold=0.4)
        server.line("toy/manifest.json", " changed: reloaded in ")
        assert server.line("  model toy ") == f"  model toy {sealed.version}"
        assert server.version("toy") == (200, sealed.version)

        manifest = server.models / "other" / "manifest.json"
        whole = manifest.read_text(encoding="utf-8")
        manifest.write_text(whole[:100], encoding="utf-8")
        server.line("other/manifest.json changed: reloaded in ")
        server.line("  model other is down: ", "manifest.json")
        assert (server.version("other")[0], server.version("toy")) == (503, (200, sealed.version))
        manifest.write_text(whole, encoding="utf-8")
        server.line("  model other ")
        assert server.version("other")[0] == 200

        code = server.package / "serving" / "inference.py"
        text = code.read_text(encoding="utf-8")
        code.write_text(text + "\nthis is no Python\n", encoding="utf-8")
        server.line("serving/inference.py changed: not reloaded, what ran before goes on")
        assert any("SyntaxError" in line for line in server.errors)
        assert server.version("toy") == (200, sealed.version)
        code.write_text(text.replace('"version"', '"edition"'), encoding="utf-8")
        server.line("serving/inference.py changed: reloaded in ")
        answer = server.running.ask("POST", "/inference/toy", HEADERS, BODY)
        assert json.loads(answer.body)["edition"] == sealed.version
    assert set(statuses) == {200}
    assert len(statuses) > 100
    assert server.running.process.returncode == 0


def test_usage_plans_that_an_editor_replaced_are_read_again(tmp_path: Path) -> None:
    """A key that was added to the file is accepted; the other files of its folder do not matter."""
    plans = tmp_path / "plans" / "usage.toml"
    plans.parent.mkdir()
    entry = '[keys.{name}]\nplan = "p"\nsha256 = "{sha256}"\n'
    text = "[plans.p]\n" + entry.format(name="first", sha256=hashlib.sha256(b"first").hexdigest())
    plans.write_text(text, encoding="utf-8")
    with reloading(tmp_path, NEURALWORKS_USAGE_PLANS=str(plans)) as server:
        ask = [server.running.ask("GET", "/models", {"x-api-key": key}).status for key in ("first", "second")]
        assert ask == [200, 403]
        (plans.parent / "notes.txt").write_text("nothing", encoding="utf-8")
        other = plans.with_suffix(".new")
        text += entry.format(name="second", sha256=hashlib.sha256(b"second").hexdigest())
        other.write_text(text, encoding="utf-8")
        other.replace(plans)
        assert server.line("changed: ").split(": ")[0] == f"{plans} changed"
        assert server.running.ask("GET", "/models", {"x-api-key": "second"}).status == 200


@pytest.mark.parametrize("reloaded", [False, True])
def test_interrupt_from_the_keyboard(tmp_path: Path, reloaded: bool) -> None:
    """Ctrl-C, even in the midst of a reload, ends every process with status 0 and without a word."""
    with reloading(tmp_path) as server:
        if reloaded:
            seal(server.models, "toy", threshold=0.4)
            time.sleep(0.3)
        os.killpg(server.running.process.pid, signal.SIGINT)
        assert server.running.process.wait(timeout=10) == 0
        assert gone(server.running.process)
    assert server.errors == []


def gone(process: subprocess.Popen[str]) -> bool:
    """Return whether nobody of a process's session is left, or will be in a moment."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_what_is_watched(tmp_path: Path) -> None:
    """The package, the models where there are any, and the code of a handler that is not the package's."""
    package = ROOT / "challenge_neuralworks"
    plan = Plan(Settings(models_dir=str(tmp_path)), build, "127.0.0.1", ())
    assert watched(plan).folders == (package, tmp_path, ROOT / "tests" / "gateway")
    none = plan._replace(settings=Settings(models_dir=str(tmp_path / "none")))
    assert watched(none) == ((package, ROOT / "tests" / "gateway"), ())


def test_nothing_is_watched_unless_asked_for() -> None:
    """Without --reload not even the module that would watch is imported."""
    code = (
        "import sys, challenge_neuralworks.gateway.processes, challenge_neuralworks.gateway.banner; "
        "print([name for name in sys.modules if name.endswith(('gateway.watching', 'gateway.reload'))])"
    )
    assert start(["-c", code]).communicate(timeout=30) == ("[]\n", "")
