"""``python -m stress_test.answers``: write the known answers of every model anew."""

from __future__ import annotations

import sys

from challenge_neuralworks.store import FolderStore
from stress_test.answers import write_answers


def main(models_dir: str = "models", *names: str) -> None:
    """Write a file for each model of a folder, or for those named."""
    store = FolderStore(models_dir)
    for name in names or store.names():
        path = write_answers(store.get(name))
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
