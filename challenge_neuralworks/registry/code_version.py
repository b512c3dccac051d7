"""Which commit of the code is checked out, where there is git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import challenge_neuralworks


def commit_tags() -> dict[str, str]:
    """Return MLflow's tag of the commit, and whether files differ from it; nothing outside a clone.

    Asked of the folder that the code is imported from: another clone may be the current folder.
    """
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return {}
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return {"mlflow.source.git.commit": commit, "git.changed": "yes" if changed else "no"}


def _git(*words: str) -> str | None:
    folder = Path(challenge_neuralworks.__file__).parent
    try:
        # git is wherever the reader's is.
        command = ["git", "-C", str(folder), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
