"""An environment a peer, installed once: what is compared with is no dependency of the project."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError
from challenge_neuralworks.deploy.package import PACKAGE, size_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SERVE = ROOT / "requirements" / "serve.txt"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class NotInstalled(BenchError):
    """A peer's packages cannot be had here, or not for this Python."""


def requirements_of(folder: str) -> Path:
    """Return the file that pins a peer's packages; the gateway's are the project's own."""
    return SERVE if folder == "ours_gateway" else HERE / folder / "requirements.txt"


def server_environment(folder: str, cache: Path, say: Callable[[str], None]) -> Path:
    """Return the interpreter of a peer's environment, which is made at first.

    It holds no pip: what is in it is what the server needs.

    Raises
    ------
    NotInstalled : pip could not; says why.
    """
    made = _place(folder, cache)
    python = made / "bin" / "python"
    if not (made / "complete").exists():
        say(f"installing {folder} into {made}")
        shutil.rmtree(made, ignore_errors=True)
        venv.create(made, with_pip=False, symlinks=True)
        _install(folder, requirements_of(folder), ["--python", str(python)])
        (made / "complete").touch()
    if folder == "ours_gateway":
        _copy_package(packages_of(python))
    return python


def function_packages(folder: str, cache: Path, say: Callable[[str], None]) -> Path:
    """Return a folder of a handler's packages, as a function's own folder has them; it is filled at first.

    Raises
    ------
    NotInstalled : pip could not; says why.
    """
    made = _place(folder, cache)
    if not (made / "complete").exists():
        say(f"installing {folder} into {made}")
        shutil.rmtree(made, ignore_errors=True)
        _install(folder, requirements_of(folder), ["--target", str(made / "task")])
        shutil.rmtree(made / "task" / "bin", ignore_errors=True)
        (made / "complete").touch()
    return made / "task"


def packages_of(python: Path) -> Path:
    """Return the folder of an environment's packages."""
    return next(python.parents[1].glob("lib/python*/site-packages"))


def mib(folder: Path) -> float:
    """Return the size of all files under a folder."""
    return size_bytes(folder) / 1024**2


def _place(folder: str, cache: Path) -> Path:
    # Other pins or another Python are another environment; what pip cannot finish is not mistaken for one.
    pins = sha256(requirements_of(folder).read_bytes()).hexdigest()[:12]
    return cache / f"{folder}-{VERSION}-{pins}"


def _install(folder: str, requirements: Path, where: list[str]) -> None:
    # pip's own option comes before its command, that of a command behind it.
    own, command = (where, []) if where[0] == "--python" else ([], where)
    line = [sys.executable, "-m", "pip", *own, "install", "-qq", "--disable-pip-version-check", "--no-input", *command]
    line += ["--only-binary", ":all:", "--compile", "--requirement", str(requirements)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = [text for text in done.stderr.splitlines() if text.startswith("ERROR")]
        raise NotInstalled(
            f"{folder} cannot be installed for Python {VERSION}: {(reason or [done.stderr.strip()])[-1]}"
        )


def _copy_package(packages: Path) -> None:
    """Put the package of this checkout beside what it depends on, as ``pip install .`` would."""
    shutil.rmtree(packages / PACKAGE, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / PACKAGE, packages / PACKAGE, ignore=ignored)
    command = [sys.executable, "-P", "-m", "compileall", "-q", str(packages / PACKAGE)]
    subprocess.run(command, check=True)
