"""``neuralworks sync``: the store takes up what was promoted in MLflow's registry, gates and all."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.promote import carry_out, gate_options, read_demands, try_version
from challenge_neuralworks.cli.stored import conflicts, open_versions, reason_option, store_option, trust, who
from challenge_neuralworks.cli.watch import evidence_options

if TYPE_CHECKING:
    from challenge_neuralworks.registry.models import Registry
    from challenge_neuralworks.store.versions import Versions


@click.command(epilog="Example: MLFLOW_TRACKING_URI=https://mlflow.example.com neuralworks sync delay")
@click.argument("name")
@click.option(
    "--alias",
    type=click.Choice(["production", "candidate"]),
    default="production",
    show_default=True,
    help="Alias of MLflow's that the store's is to follow.",
)
@store_option
@gate_options
@reason_option
@click.option("--dry-run", is_flag=True, help="Go through the gates and write nothing.")
@evidence_options
def sync(name: str, alias: str, store: str, reason: str, **options: Any) -> None:
    """Point the store's alias of model NAME at the version that MLflow's registry names.

    A version that the store lacks is published first. Production moves only through the gates, as by 'promote';
    where one is closed, MLflow's alias stays as it is too, and the next sync tries again.
    """
    from challenge_neuralworks.registry.models import open_registry

    if options["force"] and not reason.strip():
        raise click.UsageError("--force needs --reason TEXT: it goes into the audit line")
    versions, registry = open_versions(store), open_registry()
    demands = read_demands(options)
    found = registry.find(name, alias)
    if not _publish(versions, registry, name, found.version, dry_run=options["dry_run"]):
        return
    why = reason or f"MLflow's {alias} is its version {found.number}"
    if alias == "production":
        trial = try_version(versions, name, found.version, demands, options)
        if not trial.is_served:
            carry_out(versions, trial, why, {**options, "keep_shadow": False})
            return
    elif _move(versions, name, alias, found.version, why, dry_run=options["dry_run"]):
        return
    click.echo(f"{name} {alias} is at {found.version} already, nothing to do")


def _move(versions: Versions, name: str, alias: str, version: str, why: str, *, dry_run: bool) -> bool:
    from challenge_neuralworks.lifecycle.telling import last_line

    before = versions.alias(name, alias)
    if before is not None and before.version == version:
        return False
    if dry_run:
        click.echo(f"{name} {alias}: {before.version if before else 'none'} -> {version}; nothing was moved: --dry-run")
        return True
    with conflicts():
        click.echo(last_line(name, alias, versions.move(name, alias, version, before, who(), why)))
    return True


def _publish(versions: Versions, registry: Registry, name: str, version: str, *, dry_run: bool) -> bool:
    """Have the store hold a version; return whether it does."""
    from challenge_neuralworks.cli.publish import evaluations
    from challenge_neuralworks.lifecycle import publishing

    with TemporaryDirectory(prefix="neuralworks-") as scratch:
        fetched, into = Path(scratch) / "fetched", Path(scratch) / name
        folder = Path(registry.fetch(name, version, str(fetched), trust().settings.trusted_digests))
        into.mkdir()
        plan = publishing.plan_publication(versions, name, folder, evaluations(name), "", into)
        if plan.is_there:
            return True
        click.echo(publishing.check(plan, trust()))
        if dry_run:
            click.echo(f"{name} {version} is not in the store yet, and was not published: --dry-run")
            return False
        publishing.carry_out(versions, plan, who(), "")
        click.echo(f"{name} {version} is published from MLflow")
        return True
