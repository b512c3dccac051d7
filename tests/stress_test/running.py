"""Runs of the commands, and what they load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from challenge_neuralworks.scorers.additive import AdditiveScorer
from tests.making import ROOT, TOY_SCORER, edit_manifest, seal

MODELS = ROOT / "models"
LOOSE = ("--max-p50-ms", "5000", "--max-p99-ms", "20000")
"""Limits that a busy machine holds."""


def command(module: str, *arguments: object) -> list[str]:
    """Return the command line of a module."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def environment(**variables: str) -> dict[str, str]:
    """Return an environment without what could steer a run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRESS_", "NEURALWORKS_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


def run(module: str, *arguments: object, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a module to its end."""
    return subprocess.run(
        command(module, *arguments),
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def toy(folder: Path) -> Path:
    """Seal the toy model and return the folder of models."""
    seal(folder)
    return folder


def planted(folder: Path) -> Path:
    """Seal a toy whose table is wrong for one age, and which claims to be the right one; return the folder of models.

    Its golden row has another age, so that it loads.
    """
    right = seal(folder)
    colours, places, (name, ages, unknown) = TOY_SCORER.lookups
    lookups = (colours, places, (name, {**ages, 7: ages[7] + 1e-6}, unknown))
    seal(folder, scorer=AdditiveScorer(TOY_SCORER.bias, lookups, TOY_SCORER.numbers))
    edit_manifest(folder / "toy", version=right.version)
    return folder
