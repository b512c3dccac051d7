"""A command that is killed leaves a store that can be read, and a second run finishes what it began."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.live import environment
from tests.lifecycle.storing import sealed
from tests.making import ROOT


def deaths(folder: Path, what: str) -> list[dict[str, Any]]:
    """Return what was found after a death at each step of a command; the last one ended by itself."""
    script = ROOT / "tests" / "lifecycle" / "killed.py"
    asked = [sys.executable, str(script), str(folder / "stores"), str(folder), what]
    done = subprocess.run(asked, env=environment(TMPDIR=str(folder)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["ended"] for one in found] == [-signal.SIGKILL] * (len(found) - 1) + [0]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, str, str]:
    """Return a folder with two versions to publish."""
    return tmp_path, sealed(tmp_path / "first").version, sealed(tmp_path / "second", -0.4).version


def test_a_publisher_killed_at_any_step(folder: tuple[Path, str, str]) -> None:
    """There is no version, or all of it; there is no alias, or one at the version. Once more, and all is there."""
    path, version, _ = folder
    found = deaths(path, "publish")
    nothing: dict[str, Any] = {"versions": [], "candidate": None, "production": None}
    whole, done = {**nothing, "versions": [version]}, {**nothing, "versions": [version], "candidate": version}
    assert len(found) > 10
    assert [one["again"] for one in found] == [[0, done]] * len(found)
    seen = [one["after"] for one in found]
    assert [one for one in (nothing, whole, done) if one in seen] == [nothing, whole, done]
    assert seen == sorted(seen, key=[nothing, whole, done].index)


def test_a_promotion_killed_at_any_step(folder: tuple[Path, str, str]) -> None:
    """Production is at one of the two versions, never elsewhere; once more, and both aliases are where they belong."""
    path, first, second = folder
    found = deaths(path, "promote")
    before = {"versions": sorted([first, second]), "candidate": second, "production": first}
    moved, shadowing = {**before, "production": second}, {**before, "production": second, "candidate": first}
    assert len(found) > 10
    seen = [one["after"] for one in found]
    assert [one for one in (before, moved, shadowing) if one in seen] == [before, moved, shadowing]
    assert seen == sorted(seen, key=[before, moved, shadowing].index)
    # The second run makes up for either move; after both, the candidate is the one that must not be promoted.
    for one in found:
        assert one["again"] == [1 if one["after"] == shadowing else 0, shadowing]
