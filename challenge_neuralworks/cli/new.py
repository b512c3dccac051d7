"""``neuralworks new`` and ``neuralworks remove``: a model out of a CSV file, and away again."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.scaffolding.layout import Layout
    from challenge_neuralworks.training.scaffolding.planning import Plan

dry_run = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@click.command()
@click.argument("name")
@click.option(
    "--data",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="CSV file with a header, in UTF-8.",
)
@click.option("--target", required=True, metavar="COLUMN", help="The column to predict.")
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="What the target is.  [default: as its values say]",
)
@click.option("--leave-out", multiple=True, metavar="COLUMN", help="A column that is no field of the model.")
@click.option("--no-track", is_flag=True, help="Leave MLflow out; `make train` tracks it later.")
@dry_run
def new(  # noqa: PLR0913 - click's way
    name: str, data: Path, target: str, task: Any, leave_out: tuple[str, ...], *, no_track: bool, dry_run: bool
) -> None:
    """Make the model NAME out of a CSV file: its modules, tests and declarations; train it, prove it, and seal it.

    All of it or nothing: a failure, or Ctrl-C, leaves the project as it was. 'neuralworks remove' takes it away again.
    """
    # Before scikit-learn is imported: on few rows, threads that wait for each other take most of the time.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from challenge_neuralworks.training.scaffolding.building import build
    from challenge_neuralworks.training.scaffolding.layout import lay_out, refuse_existing
    from challenge_neuralworks.training.scaffolding.planning import plan, refuse_name
    from challenge_neuralworks.training.scaffolding.project import project_root

    root = project_root()
    refuse_name(name)
    made = plan(name, data, target, task, leave_out)
    refuse_existing(root, made)
    layout = lay_out(made)
    _show(made, layout)
    if dry_run:
        click.echo("nothing was written: --dry-run")
        return
    # Without MLflow nothing is tracked, and all else goes on.
    without = ("track",) if no_track or find_spec("mlflow") is None else ()
    build(root, made, layout, _Here(), lambda step: click.echo(f"new {name}: {step}", err=True), without)
    click.echo(f"POST /inference/{name} answers once the models are served: neuralworks serve")


@click.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Also what was edited since.")
@dry_run
def remove(name: str, *, force: bool, dry_run: bool) -> None:
    """Take away the model NAME, which 'neuralworks new' made: its files, its stages and its artifact."""
    from challenge_neuralworks.training.scaffolding.building import derive
    from challenge_neuralworks.training.scaffolding.project import DERIVED, project_root
    from challenge_neuralworks.training.scaffolding.removing import forget, plan_removal
    from challenge_neuralworks.training.scaffolding.removing import remove as run

    root = project_root()
    removal = plan_removal(root, name)
    edited = set(removal.edited)
    for path in removal.gone:
        click.echo(f"  removes {path}{', which was edited' if path in edited else ''}")
    for path in (*removal.changed, *DERIVED):
        click.echo(f"  rewrites {path}")
    if dry_run:
        click.echo("nothing was removed: --dry-run")
        return
    run(root, removal, force=force)
    derive(_Here())
    forget(root, removal.record)
    click.echo(f"{name} is gone")


class _Here:
    """Commands in this process; what is no command of this package, in one of its own."""

    def run(self, words: Sequence[str]) -> None:
        """Run a command of ``neuralworks``."""
        from challenge_neuralworks.cli import main

        main.main(list(words), prog_name="neuralworks", standalone_mode=False)

    def answers(self, name: str) -> None:
        """Write the answers that stress tests expect."""
        _call("-m", "stress_test.answers", "models", name)

    def commit(self, stages: Sequence[str]) -> None:
        """Tell DVC what the stages have read and written, so that `make train` does not run them again."""
        if not Path(".git").exists():
            _call("-m", "dvc", "config", "--local", "core.no_scm", "true")
        _call("-m", "dvc", "commit", "--quiet", "--force", *stages)


def _call(*words: str) -> None:
    from challenge_neuralworks.cli.faults import Failure

    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")


def _show(made: Plan, layout: Layout) -> None:
    from challenge_neuralworks.training.scaffolding.layout import paths_of

    task = made.table.task
    classes = f": {', '.join(map(str, task.classes))}" if task.classes else ""
    click.echo(f"{made.name}: {task.kind} of {made.table.target!r}{classes:.200}")
    unknown = f"; {made.unknown:,} more do not state the target and are left out" if made.unknown else ""
    click.echo(f"  {made.rows:,} rows of {made.data}{unknown}")
    width = max(map(len, made.columns))
    reasons = {one.name: f"left out: {one.reason}" for one in made.left_out}
    fields = {field.name: _told(field) for field in made.fields}
    for column in made.columns:
        click.echo(f"  {column:<{width}}  {({**fields, **reasons, made.table.target: 'the target'})[column]}")
    for column in layout.telling:
        click.echo(f"  note: {column} alone ranks unseen rows very well; is it known before the answer is?")
    click.echo("writes")
    for path in paths_of(made, layout):
        click.echo(f"  {path}")


def _told(field: Field) -> str:
    missing = ", may be missing" if field.missing == "accept" else ""
    if field.kind == "category":
        return f"category, such as {field.example!r:.40}{', others accepted' * (field.unknown == 'accept')}{missing}"
    return f"{field.kind} in {field.minimum:g}..{field.maximum:g}{missing}"
