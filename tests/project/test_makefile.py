"""Every Make target is known to `make help` and to the docs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
PHONY = next(line for line in MAKEFILE.splitlines() if line.startswith(".PHONY:")).split()[1:]


def run_make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in the project, capturing what it says."""
    make = shutil.which("make")
    assert make, "make is needed"
    return subprocess.run([make, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("target", PHONY)
def test_target_is_documented(target: str) -> None:
    """A target that neither `make help` nor docs/operations.md names is one nobody finds."""
    listed = {line.split()[0] for line in run_make("help").stdout.splitlines()}
    assert target in listed
    assert f"`make {target}" in (ROOT / "docs" / "operations.md").read_text()


def test_every_plain_target_is_phony() -> None:
    """A file of a target's name must not keep it from running."""
    assert set(re.findall(r"^([a-z][a-z0-9-]*):", MAKEFILE, flags=re.MULTILINE)) == set(PHONY)


def test_an_old_python_is_refused_in_words(tmp_path: Path) -> None:
    """Python 3.10 gets a sentence that says what to do, not a traceback out of some dependency."""
    old = tmp_path / "python3.10"
    # The check runs under this Python, made to look old.
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 10); $2"\n')
    old.chmod(0o755)
    answer = run_make("venv", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert answer.returncode != 0
    assert "Python 3.11 to 3.14 is needed" in answer.stderr
    assert "3.10" in answer.stderr
    assert "Traceback" not in answer.stderr
