"""``neuralworks openapi``: the contract as a file, for clients, for CI and for API Gateway."""

from __future__ import annotations

import json
from pathlib import Path

import click

from challenge_neuralworks.cli.options import local_store, models_dir


@click.command()
@models_dir
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.  [default: stdout]")
@click.option("--gateway", is_flag=True, help="The variant that API Gateway's REST API imports, for Terraform.")
@click.option("--locked", is_flag=True, help="With --gateway: the pages take a key, as NEURALWORKS_PAGES=locked asks.")
def openapi(models_dir: Path, output: Path | None, *, gateway: bool, locked: bool) -> None:
    """Write the OpenAPI document of the models, whether or not the service shows it."""
    if locked and not gateway:
        raise click.UsageError("--locked is about the variant for API Gateway: add --gateway")
    from challenge_neuralworks.serving.openapi import document

    made = document(local_store(models_dir))
    if gateway:
        from challenge_neuralworks.serving.openapi.rest_api import rest_api

        made = rest_api(made, locked=locked)
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
