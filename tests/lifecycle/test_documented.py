"""docs/security.md: its commands, from the first key to the last replay, as they stand, against a real gateway."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.making import ROOT
from tests.project.commands import BIN, free_port, run, running
from tests.project.pages import blocks_of

PAGE = "docs/security.md"
BLOCKS = [block for block in blocks_of(PAGE) if block.language == "sh" and "norun" not in block.words]
COMMANDS = [command for block in BLOCKS for command in block.commands]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the docs call with curl: apt-get install curl")
def test_documented_commands_work_one_after_the_other(tmp_path: Path) -> None:
    """Keys, a seal, a gateway that refuses what is not sealed, a receipt, and its replay."""
    assert sys.executable == str(BIN / Path(sys.executable).name)
    (tmp_path / "models").mkdir()
    shutil.copytree(ROOT / "models" / "delay", tmp_path / "models" / "delay")
    for block in blocks_of(PAGE):
        if block.language == "json":
            (tmp_path / block.words[0]).write_text(block.text, encoding="utf-8")
    asked = next(at for at, command in enumerate(COMMANDS) if command.startswith("curl"))
    port = free_port()
    for command in COMMANDS[:asked]:
        done = run(command, tmp_path, port)
        assert done.status == 0, done
    environment = {
        "NEURALWORKS_MODELS_DIR": str(tmp_path / "models"),
        "NEURALWORKS_PUBLIC_KEYS": (tmp_path / "seal.key.pub").read_text(encoding="ascii"),
        "NEURALWORKS_RECEIPT_KEY": (tmp_path / "receipt.key").read_text(encoding="ascii"),
    }
    with running([str(BIN / "neuralworks"), "serve", "--port", str(port)], port, **environment):
        done = run(COMMANDS[asked], tmp_path, port)
        assert done.status == 0, done
    assert json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))["model"] == "delay"
    done = run(COMMANDS[asked + 1], tmp_path, port)
    assert [line.split()[:2] for line in done.output.splitlines()] == [
        [what, "ok"] for what in ("signature", "version", "digest", "input", "output")
    ], done
    assert len(COMMANDS) == asked + 2
