"""The commands of the docs: run as they stand, or, where that cannot be here, held to what they name."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import click

from challenge_neuralworks.cli import main
from tests.making import DOCUMENTED, ROOT

BIN = Path(sys.executable).parent
ADDRESS = re.compile(r"\b(?:127\.0\.0\.1|localhost):8000\b")
VARYING = re.compile(r"\b\d[\d,.]*(?= (?:s|rows/s)\b)")
"""How long something took."""

OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*)(?:[ =]([^\s\[\]]+))?")
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("NEURALWORKS_") and name != "PORT"
}


class Done(NamedTuple):
    """What a command left: its exit status and what it printed."""

    status: int
    output: str
    errors: str

    def shows(self, expected: str) -> bool:
        """Return whether a page shows what was printed: standard output alone, or with what was said beside it."""
        said = (self.output, self.errors + self.output, self.output + self.errors)
        return any(prints(expected, printed) for printed in said)


@contextmanager
def running(command: Sequence[str], port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a process once it listens on a port; it must end well when it is interrupted."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**ENVIRONMENT, "NEURALWORKS_LOG_LEVEL": "OFF", **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(process, port)
        yield process
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
        assert process.returncode == 0, said
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[str], port: int) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    said = process.communicate(timeout=5)[0] if process.poll() is not None else "it does not listen"
    raise AssertionError(said)


def folder_like_a_clone(folder: Path) -> Path:
    """Fill a folder with links to what commands read, so that what they write goes elsewhere."""
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / "models").mkdir()
    for name in DOCUMENTED:
        (folder / "models" / name).symlink_to(ROOT / "models" / name)
    (folder / "data").mkdir()
    for declaration in (ROOT / "data").glob("*.toml"):
        (folder / "data" / declaration.name).symlink_to(declaration)
    return folder


def run(command: str, folder: Path, port: int) -> Done:
    """Run a line in a shell; what it asks of port 8000 goes to the gateway of the tests."""
    # curl ends with 22 where the answer is a fault, and draws nothing.
    (folder / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
    environment = {**ENVIRONMENT, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "CURL_HOME": str(folder)}
    shell = shutil.which("bash")
    assert shell, "bash runs the commands of the docs"
    done = subprocess.run(
        [shell, "-uo", "pipefail", "-c", ADDRESS.sub(f"127.0.0.1:{port}", command)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def prints(expected: str, printed: str) -> bool:
    """Return whether a command printed what the docs show: the same JSON, or text with dots for the rest of a word.

    JSON may be broken into lines where the docs show it, never be of other values.
    """
    with suppress(ValueError):
        return bool(json.loads(expected) == json.loads(printed))
    pattern = re.escape(VARYING.sub("#", expected.strip())).replace(re.escape("..."), r"\S*")
    return re.fullmatch(pattern, VARYING.sub("#", printed.strip())) is not None


def faults(command: str) -> Iterator[str]:
    """Yield what a command names that is not there: targets, modules, files, extras, commands, options."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z][a-z0-9-]*)", command.partition(" #")[0]):
        if not re.search(rf"^{target}:", makefile, flags=re.MULTILINE):
            yield f"the Makefile has no target {target}"
    yield from _faults_of_files(command)
    if "install" in command:
        yield from _faults_of_extras(command)
    if command.startswith("neuralworks "):
        yield from _faults_of_call(command)


def _faults_of_files(command: str) -> Iterator[str]:
    for module in re.findall(r"python3? -m ((?:tests|bench|stress_test|challenge_neuralworks)[\w.]*)", command):
        place = ROOT / module.replace(".", "/")
        if not place.is_dir() and not place.with_suffix(".py").exists():
            yield f"there is no module {module}"
    for file in re.findall(r"(?<![\w./])@?((?:tests|bench|docs|data|models)/[\w./-]+\.\w+)", command):
        if not (ROOT / file).exists() and not file.startswith("data/"):
            yield f"there is no file {file}"


def _faults_of_extras(command: str) -> Iterator[str]:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for group in re.findall(r"(?:--extras |\[)([a-z]+)\b", command):
        if group not in extras:
            yield f"there is no extra {group}"


def _faults_of_call(call: str) -> Iterator[str]:
    words = shlex.split(re.sub(r"[\[\]]|\.\.\.", " ", call), comments=True)[1:]
    command: click.Command = main
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if isinstance(command, click.Group):
        yield f"there is no command neuralworks {' '.join(words[:2])}"
        return
    options = {name: option for option in command.params for name in (*option.opts, *option.secondary_opts)}
    for name, value in OPTION.findall(call.partition(" #")[0]):
        if name not in options:
            yield f"neuralworks {command.name} has no option {name}"
        elif f"[{name}" in call and re.search(r"[a-z0-9]", value) and not _is_default(options[name], value):
            yield f"{value} is not what neuralworks {command.name} takes without {name}"


def _is_default(option: click.Parameter, value: str) -> bool:
    choices = getattr(option.type, "choices", None)
    if "|" in value and choices is not None:
        return sorted(value.split("|")) == sorted(map(str, choices))
    # What is taken from elsewhere is told in the help; it may hold the name that was given: data/NAME_sample.csv.
    told = re.findall(r"\[default: ([^;\]]+)", getattr(option, "help", None) or "")
    defaults = [str(option.default), *(one for default in told for one in re.split(r", else |, ", default))]
    return any(re.fullmatch(re.escape(one).replace("NAME", r"\w+"), value) for one in defaults + _whole(option.default))


def _whole(default: object) -> list[str]:
    return [f"{default:g}"] if isinstance(default, float) else []
