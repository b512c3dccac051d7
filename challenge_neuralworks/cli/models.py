"""``neuralworks check`` and ``neuralworks predict``: sealed artifacts, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.options import models_dir
from challenge_neuralworks.errors import InvalidJson, ModelUnavailable


@click.command()
@click.argument("models_dir", type=click.Path(file_okay=False, path_type=Path), default=Path("models"))
def check(models_dir: Path) -> None:
    """Load every artifact in MODELS_DIR (default: models) with all its checks; exit 1 if one fails."""
    store = _store(models_dir)
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


@click.command()
@click.argument("model")
@models_dir
@click.option("--json", "text", required=True, metavar="TEXT", help="One instance, a JSON object.")
def predict(model: str, models_dir: Path, text: str) -> None:
    """Print what MODEL answers to one instance."""
    try:
        instance = json.loads(text)
    except ValueError as error:
        raise InvalidJson(f"--json: {error}") from error
    served = _store(models_dir).get(model)
    checked = served.check([instance])
    prediction = served.predict(checked.rows[0])
    answer: dict[str, Any] = {"model": served.name, "version": served.version, "prediction": list(prediction)}
    answer["label"] = served.label(prediction)
    if checked.warnings:
        answer["warnings"] = [warning._asdict() for warning in checked.warnings]
    click.echo(json.dumps(answer, ensure_ascii=False))


def _store(models_dir: Path) -> Any:
    import os

    from challenge_neuralworks.settings import read_settings
    from challenge_neuralworks.store import FolderStore

    return FolderStore(str(models_dir), read_settings(os.environ).trusted_digests)
