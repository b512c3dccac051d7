"""``neuralworks keys``: the API keys of the local gateway's usage plans."""

from __future__ import annotations

from pathlib import Path

import click

from challenge_neuralworks.gateway.options import VARIABLES

file = click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar=VARIABLES["usage_plans"],
    default=Path("usage-plans.toml"),
    help=f"File of usage plans.  [default: {VARIABLES['usage_plans']}, else usage-plans.toml]",
)


@click.group()
def keys() -> None:
    """Make, list and revoke the API keys of usage plans."""


@keys.command()
@click.argument("name")
@click.option("--plan", required=True, help="Usage plan that the key belongs to.")
@file
def new(name: str, plan: str, path: Path) -> None:
    """Print a new key NAME, and append its digest to the file; the key itself is kept nowhere."""
    from challenge_neuralworks.gateway.keyfile import add_key

    key = add_key(path, name, plan)
    click.echo(f"{path} holds the digest of {name}; this is the only time that the key itself is shown:", err=True)
    click.echo(key)


@keys.command("list")
@file
def list_keys(path: Path) -> None:
    """List every key of the file: name, plan, apiKeyId of events and logs, and whether it is enabled."""
    from challenge_neuralworks.gateway.access import ApiKey
    from challenge_neuralworks.gateway.plans import read_plans

    for name, (plan, digest, enabled) in read_plans(str(path)).keys.items():
        click.echo(f"{name}  {plan}  {ApiKey.of_digest(digest).id}  {'enabled' if enabled else 'revoked'}")


@keys.command()
@click.argument("name")
@file
def revoke(name: str, path: Path) -> None:
    """Disable the key NAME; the gateway refuses it from its next start on."""
    from challenge_neuralworks.gateway.keyfile import revoke_key

    revoke_key(path, name)
    click.echo(f"{name} is revoked")
