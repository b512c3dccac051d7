"""Every command line that docs/cli.md shows of predict and query is run, and prints what is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.live import KEY, MODELS, environment
from tests.making import LISTED, ROOT

DOCS = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SECTIONS = "".join(re.findall(r"^## (?:predict|query)\n.*?(?=^## |\Z)", DOCS, re.MULTILINE | re.DOTALL))
FILES = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", SECTIONS, re.MULTILINE | re.DOTALL)
BLOCKS = [
    re.findall(r"^\$ (.*?)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    for block in re.findall(r"^```\n(\$ .*?)^```$", SECTIONS, re.MULTILINE | re.DOTALL)
]
LOCAL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the models, the files that the docs show, and the command."""
    folder = tmp_path_factory.mktemp("documented")
    (folder / "models").symlink_to(MODELS)
    for name, content in FILES:
        (folder / name).write_text(content, encoding="utf-8")
    script = folder / "bin" / "neuralworks"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m challenge_neuralworks.cli "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return folder


def _timeless(text: str) -> str:
    return re.sub(r"in [\d.]+ s, [\d,]+ rows/s", "in T s, R rows/s", text)


def test_the_docs_show_both_commands() -> None:
    """What is looked for is there: examples of each, and a file."""
    commands = [re.search(r"neuralworks (\w+)", command) for block in BLOCKS for command, _ in block]
    assert {found[1] for found in commands if found} == {"predict", "query"}
    assert [name for name, _ in FILES] == ["flights.csv"]


@pytest.mark.parametrize("block", BLOCKS, ids=[block[0][0][:60] for block in BLOCKS])
def test_documented_commands_print_what_is_shown(folder: Path, api: str, block: list[tuple[str, str]]) -> None:
    """Standard output and error as a pipe sees them; times are each machine's own."""
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    for command, output in block:
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace(LOCAL, api)],
            cwd=folder,
            env={**environment(NEURALWORKS_API_KEY=KEY), "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # Whatever else is served is listed too.
        shown = _timeless(output).replace("served here: delay, income", f"served here: {LISTED}")
        assert _timeless(done.stdout).replace(api, LOCAL) == shown
