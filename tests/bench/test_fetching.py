from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest

from bench import fetching
from bench.errors import EmulatorMissing


def fake_wheel(folder: Path, member: str) -> Path:
    """Write a wheel that holds one file."""
    wheel = folder / "fake.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, b"#!/bin/sh\n")
    return wheel


def test_the_pin_has_a_version_and_a_digest() -> None:
    """A program that runs here must be the one that was chosen."""
    assert re.fullmatch(r"[a-z-]+==[0-9.]+", fetching.emulator_version())
    assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", fetching.REQUIREMENTS.read_text())


@pytest.mark.parametrize(("machine", "name"), [("x86_64", "x86_64"), ("aarch64", "arm64")])
def test_this_processors_emulator_is_taken_out_once(
    machine: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one file is executable, and a second run downloads nothing."""
    downloads: list[Path] = []

    def download(into: Path) -> Path:
        downloads.append(into)
        return fake_wheel(into, f"samcli/local/rapid/aws-lambda-rie-{name}")

    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(fetching, "_download", download)
    binary = fetching.fetch_emulator(tmp_path / "cache")
    assert fetching.fetch_emulator(tmp_path / "cache") == binary
    assert os.access(binary, os.X_OK)
    assert binary.read_bytes() == b"#!/bin/sh\n"
    assert len(downloads) == 1
    assert list((tmp_path / "cache").iterdir()) == [binary]


@pytest.mark.parametrize(("platform", "machine"), [("darwin", "arm64"), ("linux", "riscv64")])
def test_another_system_is_refused_in_words(
    platform: str, machine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the emulator cannot run, that is said before anything is downloaded."""
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(EmulatorMissing, match=f"Linux only, not on .* {machine}"):
        fetching.fetch_emulator(tmp_path)


def test_a_package_without_the_emulator_is_refused(tmp_path: Path) -> None:
    """A pin moved to a version that no longer carries it is an error that names the file."""
    with pytest.raises(EmulatorMissing, match="holds no wanted"):
        fetching._extract(fake_wheel(tmp_path, "other"), "wanted", tmp_path / "out")
