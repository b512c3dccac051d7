"""The walk of docs/lifecycle.md: every command of it runs, in order, in one shell, and prints what the page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.artifact.writing import Draft, write
from challenge_neuralworks.store.folder import load_model
from tests.cli.live import environment
from tests.gateway.echo import free_port
from tests.making import ROOT
from tests.project.pages import blocks_of

PAGE = "docs/lifecycle.md"
MARK = "-- command "
FIGURE = re.compile(r"[\d.,]*\d%?|[0-9a-f]{12}|\S+-[0-9a-f]{12}\.pkl|sha256:\S+")
"""What another training, or another machine, has otherwise: figures, versions, digests."""


class Shown(NamedTuple):
    """A command of the page, and what stands below it."""

    command: str
    output: str


def shown() -> Iterator[Shown]:
    """Yield the commands of the page in order."""
    for block in blocks_of(PAGE):
        if block.language == "sh":
            yield Shown(block.text.strip(), "")
        if block.language == "console":
            for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield Shown(command, output)


def words(text: str) -> list[str]:
    """Return the words of a text, figures as dots."""
    cores = [(word, word.strip(",;:")) for word in text.split()]
    return [word.replace(core, "...") if FIGURE.fullmatch(core) else word for word, core in cores]


def told(output: str) -> list[str]:
    """Return the lines of an output that are the commands' own: how fast rows were answered is each machine's."""
    return [line for line in output.splitlines() if " rows/s" not in line]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder like a clone, with another version of delay beside it: the same tables, another threshold."""
    for name in ("models", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    manifest = read_manifest(str(ROOT / "models" / "delay"))
    scorer = load_model("delay", str(ROOT / "models" / "delay")).artifact.scorer
    stated = {name: getattr(manifest, name) for name in Draft._fields}
    write(str(tmp_path / "trained" / "delay"), scorer, Draft(**stated)._replace(threshold=0.19))
    for block in blocks_of(PAGE):
        if block.language == "csv":
            (tmp_path / block.words[0]).write_text(block.text, encoding="utf-8")
    return tmp_path


def script(commands: list[Shown], port: int) -> str:
    """Return a script that runs the commands, each between marks, and ends what runs beside it."""
    lines = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    for place, one in enumerate(commands):
        lines += [f"echo '{MARK}{place}'", one.command.replace("8000", str(port))]
        if one.command.endswith("&"):
            lines.append(f"curl -s --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:{port}/ping > ping")
    return "\n".join(lines) + "\n"


def test_the_walk_prints_what_the_page_shows(folder: Path) -> None:
    """Published, served, shadowed, promoted on evidence, watched and taken back."""
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("the walk runs in bash with curl, which are not both installed: apt-get install bash curl")
    commands = list(shown())
    assert [one.command.split()[1] for one in commands if one.command.startswith("neuralworks")] == [
        *("publish", "promote", "publish", "query", "query", "promote", "query", "watch", "rollback", "history"),
    ]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "-u", "-c", script(commands, free_port())],
        cwd=folder,
        env={**environment(NEURALWORKS_API_KEY="local-dev-key", TMPDIR=str(folder)), "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    parts = re.split(rf"^{MARK}\d+\n", done.stdout, flags=re.MULTILINE)[1:]
    assert len(parts) == len(commands)
    for one, printed in zip(commands, parts, strict=True):
        found = [words(line) for line in told(printed)]
        expected = [words(line) for line in one.output.splitlines() if line.strip()]
        assert len(found) == len(expected), f"{one.command}\n{printed}"
        for line, wanted in zip(found, expected, strict=True):
            pattern = " ".join(map(_pattern, wanted))
            assert re.fullmatch(pattern, " ".join(line)), f"{one.command}\n{' '.join(line)}\nis not\n{pattern}"


def _pattern(word: str) -> str:
    return re.escape(word).replace(re.escape("..."), r"\S*")
