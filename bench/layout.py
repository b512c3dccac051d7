"""What is measured, laid out in a folder as Lambda has it: an interpreter with the runtime client, and a task folder.

The interpreter is a fresh virtual environment that holds the runtime client and nothing else: neither this project's
checkout nor its development dependencies can be imported there, and no other package slows its start.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import NamedTuple

from bench.errors import ProcessFailed
from challenge_neuralworks.deploy.package import PARTS, size_bytes, stage

RUNTIME_CLIENT = "awslambdaric"
EMPTY_HANDLER = Path(__file__).parent / "empty.py"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


class Candidate(NamedTuple):
    """A function: its task folder and its Handler setting."""

    name: str
    task: Path
    handler: str


class Layout(NamedTuple):
    """Everything that is run.

    shipped_bytes : part of what ships -> its unzipped size.
    """

    python: Path
    ours: Candidate
    empty: Candidate
    shipped_bytes: dict[str, int]

    @property
    def candidates(self) -> tuple[Candidate, Candidate]:
        """Both functions, ours first."""
        return self.ours, self.empty


def lay_out(root: Path, into: Path, parts: Sequence[str] = PARTS) -> Layout:
    """Return the layout of the project at ``root``, made in the folder ``into``.

    Parameters
    ----------
    parts : parts of what ships; dependencies are installed from the index, and no request needs them.

    Raises
    ------
    challenge_neuralworks.deploy.package.PackageError : what ships cannot be staged.
    """
    python = _interpreter(into / "python")
    shipped = {}
    for part in parts:
        stage(part, root, into / part, VERSION)
        shipped[part] = size_bytes(into / part)
        shutil.copytree(into / part, into / "ours", dirs_exist_ok=True)
    (into / "empty").mkdir()
    shutil.copy(EMPTY_HANDLER, into / "empty")
    _compile(python, into / "empty")
    return Layout(
        python,
        Candidate("ours", into / "ours", "challenge_neuralworks.lambda_handler.lambda_handler"),
        Candidate("empty", into / "empty", "empty.lambda_handler"),
        shipped,
    )


def _interpreter(folder: Path) -> Path:
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site_packages = next(folder.glob("lib/python*/site-packages"))
    for found in _with_dependencies(RUNTIME_CLIENT):
        _copy(found, site_packages)
    _compile(python, site_packages)
    return python


def _with_dependencies(name: str) -> Iterator[Distribution]:
    found = distribution(name)
    yield found
    for requirement in found.requires or ():
        if "extra ==" not in requirement:
            yield from _with_dependencies(re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0])


def _copy(found: Distribution, site_packages: Path) -> None:
    for file in found.files or ():
        # Scripts lie outside, and bytecode is made anew below.
        if ".." not in file.parts and file.suffix != ".pyc":
            target = site_packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)


def _compile(python: Path, folder: Path) -> None:
    # As the package is compiled: an import looks no source up.
    command = [str(python), "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash", str(folder)]
    if subprocess.run(command, check=False).returncode:
        raise ProcessFailed(f"{folder} holds Python that does not compile; the message is above")
