"""An environment of the benchmark's own: what it compares with is no dependency of the project."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from bench.errors import BenchError

BASE = ("scikit-learn==1.9.1", "numpy==2.4.6", "pandas==3.1.1", "dill==0.4.1")
"""What fits and exports."""

GROUPS = {
    "onnxruntime": ("skl2onnx==1.20.0", "onnx==1.19.1", "protobuf==5.29.5", "onnxruntime==1.31.1"),
    "treelite": ("treelite==4.8.1",),
    "tl2cgen": ("treelite==4.8.1", "tl2cgen==1.0.0"),
    "plots": ("matplotlib==3.11.2",),
}
"""What is compared with, each by itself: one that cannot be had here is left out.

skl2onnx gives booleans for integers, which later versions of protobuf refuse.
"""


class NoEnvironment(BenchError):
    """What the benchmark fits and exports with cannot be installed here."""


def prepare(folder: Path) -> dict[str, str]:
    """Make the environment, or complete it, and return why each group that is not there is not.

    Raises
    ------
    NoEnvironment : not even the base can be installed.
    """
    if not python_of(folder).exists():
        venv.create(folder, with_pip=True)
    reason = _install(folder, BASE)
    if reason:
        raise NoEnvironment(f"pip could not install {' '.join(BASE)}: {reason}")
    reasons = {group: _install(folder, (*BASE, *packages)) for group, packages in GROUPS.items()}
    return {group: reason for group, reason in reasons.items() if reason}


def python_of(folder: Path) -> Path:
    """Return the environment's interpreter."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def run(folder: Path, root: Path, module: str, message: str) -> str:
    """Return what a module of this package writes, run by the environment on one core's worth of threads.

    Raises
    ------
    BenchError : it ended with an error; its own message is on standard error.
    """
    # Peers that start a thread a core would be measured on another machine than a function has.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = {**os.environ, **threads, "PYTHONPATH": str(root)}
    command = [str(python_of(folder)), "-m", module]
    done = subprocess.run(
        command, cwd=root, env=environment, input=message, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"{module} ended with {done.returncode}")
    return done.stdout


def _install(folder: Path, packages: tuple[str, ...]) -> str:
    command = [str(python_of(folder)), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (errors[-1] if errors else "pip failed") if done.returncode else ""
