"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.store import FolderStore

DATA_DIR = Path("data")
"""Where the declarations of data sets are, and where fetched files go."""

models_dir = click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("models"),
    show_default=True,
    help="Folder of artifacts, one sub-folder a model.",
)


def together(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a decorator that adds options to a command, in their order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def local_store(folder: Path) -> FolderStore:
    """Return the models of a folder, checked as the environment asks, seals included."""
    import os

    from challenge_neuralworks.settings import read_settings
    from challenge_neuralworks.store import FolderStore
    from challenge_neuralworks.store.folder import seals_of

    settings = read_settings(os.environ)
    return FolderStore(str(folder), settings.trusted_digests, seals_of(settings, warn))


def warn(sentence: str) -> None:
    """Tell what does not end the command, on stderr."""
    click.echo(f"warning: {sentence}", err=True)


seed = click.option("--seed", type=int, default=42, show_default=True, help="Seed of everything that is random.")
