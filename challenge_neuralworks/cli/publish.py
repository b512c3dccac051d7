"""``neuralworks publish``: a sealed model becomes a version of the store."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.stored import conflicts, open_versions, reason_option, store_option, trust, who

if TYPE_CHECKING:
    from collections.abc import Iterator

    from challenge_neuralworks.lifecycle.publishing import Plan

REGISTRY = "models:/"


@click.command(epilog="Example: neuralworks publish delay --store s3://my-models/served --key seal.pem")
@click.argument("name")
@click.option(
    "--from",
    "source",
    default="",
    help="Folder of the artifact, or MLflow's models:/NAME@ALIAS or models:/NAME/NUMBER.  [default: models/NAME]",
)
@store_option
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File of the private key that seals it."
)
@click.option("--alias", default="candidate", show_default=True, help="Alias to point at the version.")
@click.option("--no-alias", is_flag=True, help="Point no alias at it.")
@reason_option
@click.option("--dry-run", is_flag=True, help="Print the plan, check the artifact, and write nothing.")
def publish(name: str, source: str, store: str, key: Path | None, **options: Any) -> None:
    """Put model NAME into a store as a version, which is never rewritten, and point an alias at it.

    It is loaded with all its checks before anything is written. Its evaluation goes along where docs/models/NAME.json
    or reports/NAME/evaluation.json is that of this very version. The same again changes nothing.
    """
    from challenge_neuralworks.lifecycle import publishing
    from challenge_neuralworks.lifecycle.telling import last_line

    versions = open_versions(store)
    alias = "" if options["no_alias"] else options["alias"]
    with _found(name, source) as folder, TemporaryDirectory(prefix="neuralworks-") as scratch:
        into = Path(scratch) / name
        into.mkdir()
        plan = publishing.plan_publication(versions, name, folder, evaluations(name), alias, into)
        _show(plan, versions.objects.place, key)
        if key is not None:
            _seal(into, key)
        click.echo(publishing.check(plan, trust()))
        if options["dry_run"]:
            return
        with conflicts():
            pointer = publishing.carry_out(versions, plan, who(), options["reason"] or "published")
        click.echo(f"{name} {plan.manifest.version} {'was published before' if plan.is_there else 'is published'}")
        if pointer is not None and plan.moves:
            click.echo(last_line(name, alias, pointer))


@contextmanager
def _found(name: str, source: str) -> Iterator[Path]:
    if not source.startswith(REGISTRY):
        folder = Path(source) if source else Path("models") / name
        if not folder.is_dir():
            raise Failure(f"{folder} is no folder: 'neuralworks train {name}' makes it, or name another with --from")
        yield folder
        return
    from challenge_neuralworks.registry.models import open_registry

    stated = source.removeprefix(REGISTRY)
    model, _, reference = stated.partition("@") if "@" in stated else stated.partition("/")
    if model != name or not reference:
        raise Failure(f"--from {source}: expected models:/{name}@ALIAS or models:/{name}/NUMBER")
    with TemporaryDirectory(prefix="neuralworks-") as into:
        yield Path(open_registry().fetch(name, reference, into, trust().settings.trusted_digests))


def evaluations(name: str) -> tuple[Path, ...]:
    """Return where a model's evaluation may be."""
    return Path("docs") / "models" / f"{name}.json", Path("reports") / name / "evaluation.json"


def _show(plan: Plan, place: str, key: Path | None) -> None:
    manifest = plan.manifest
    click.echo(f"{manifest.name} {manifest.version} to {place}{', where it is already' if plan.is_there else ''}")
    width = max(len(part.file) for part in plan.parts)
    for part in plan.parts:
        digest = f"  sha256:{manifest.pickle.sha256}" if part.file == manifest.pickle.file else ""
        click.echo(f"  {part.file:{width}}  {part.bytes:>9,} bytes  from {part.origin}{digest}")
    if key is not None:
        click.echo(f"  sealed with {key}")
    if plan.alias:
        now = plan.before.version if plan.before else "none"
        click.echo(f"  alias {plan.alias}: {now}{f' -> {manifest.version}' if plan.moves else ', stays'}")


def _seal(folder: Path, key: Path) -> None:
    from challenge_neuralworks.lifecycle.signing import sign

    sign(folder, key)
