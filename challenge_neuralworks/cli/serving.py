"""``neuralworks serve``: the local API Gateway in front of the function's own handler."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port.  [default: PORT, else 8000]")
@click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of artifacts.  [default: NEURALWORKS_MODELS_DIR, else models]",
)
@click.option("--reload", is_flag=True, help="For development: reload when code, models or usage plans change.")
def serve(port: int | None, models_dir: Path | None, *, reload: bool) -> None:
    """Serve the models over HTTP as API Gateway would: keys, events and answers are AWS's own.

    Everything else is set by environment variables, see docs/operations.md and docs/local-gateway.md.
    """
    from challenge_neuralworks.gateway import local_settings, read_options, run

    settings = local_settings(os.environ)
    if port is not None:
        settings = settings._replace(port=port)
    if models_dir is not None:
        settings = settings._replace(models_dir=str(models_dir))
    run(settings, options=read_options(os.environ), reload=reload)
