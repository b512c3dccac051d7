"""``neuralworks check``: sealed artifacts, loaded with all their checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.options import local_store
from challenge_neuralworks.errors import ModelUnavailable


@click.command()
@click.argument("models_dir", type=click.Path(file_okay=False, path_type=Path), default=Path("models"))
def check(models_dir: Path) -> None:
    """Load every artifact in MODELS_DIR (default: models) with all its checks; exit 1 if one fails."""
    store = local_store(models_dir)
    names = store.names()
    if not names:
        raise Failure(f"{models_dir} holds no artifact; 'neuralworks train' makes one")
    sound = [_check(store, name) for name in names]
    if not all(sound):
        raise Failure(f"{sound.count(False)} of {len(names)} artifacts cannot be served")


def _check(store: Any, name: str) -> bool:
    try:
        model = store.get(name)
    except ModelUnavailable as error:
        click.echo(f"{name}  fault  {error.cause.code}: {error.cause}")
        return False
    click.echo(f"{name}  {model.version}  sha256:{model.artifact.manifest.pickle.sha256}  ok")
    return True
