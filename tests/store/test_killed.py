"""Who is killed while publishing or moving leaves a store that can be read: before, or after, nothing between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.making import ROOT, seal


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a place of each kind."""
    return str(tmp_path / "store") if request.param == "folder" else str(request.getfixturevalue("s3_url"))


def deaths(url: str, folder: Path, what: str) -> list[dict[str, Any]]:
    """Return what was found after each death; the last one is no death."""
    command = [sys.executable, str(ROOT / "tests" / "store" / "killed.py"), url, str(folder), what]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one["ended"] for one in told] == [-signal.SIGKILL] * (len(told) - 1) + [0]
    return told


def test_a_killed_publisher_leaves_a_whole_version_or_none(url: str, tmp_path: Path) -> None:
    """At every step: what is listed can be fetched and verified, and publishing again completes what was begun."""
    version = seal(tmp_path / "first").version
    told = deaths(url, tmp_path, "publish")
    nothing: dict[str, Any]
    nothing, all_of_it = {"versions": [], "alias": None}, {"versions": [version], "alias": None}
    seen = [one["after"] for one in told]
    assert all(one in (nothing, all_of_it) for one in seen)
    # Whole once it is whole, and whole at last; deaths on either side of the one write that counts.
    assert seen == sorted(seen, key=[nothing, all_of_it].index)
    assert (seen[0], seen[-2], seen[-1]) == (nothing, all_of_it, all_of_it)
    assert [one["again"] for one in told] == [[version, all_of_it]] * len(told)


def test_a_killed_mover_leaves_the_alias_here_or_there(url: str, tmp_path: Path) -> None:
    """At every step: the alias points at the old version, or at the new one with its audit line."""
    first = seal(tmp_path / "first").version
    second = seal(tmp_path / "second", threshold=0.25).version
    told = deaths(url, tmp_path, "move")
    versions = sorted((first, second))
    old, new = ({"versions": versions, "alias": alias} for alias in ([first, 1, 1], [second, 2, 2]))
    seen = [one["after"] for one in told]
    assert all(one in (old, new) for one in seen)
    assert seen == sorted(seen, key=[old, new].index)
    assert (seen[0], seen[-2], seen[-1]) == (old, new, new)
