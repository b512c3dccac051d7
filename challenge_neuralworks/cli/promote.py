"""``neuralworks promote``: a version goes through the gates, and production is pointed at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.deploy import SHARE, SPAN
from challenge_neuralworks.cli.options import together
from challenge_neuralworks.cli.stored import (
    conflicts,
    draw,
    open_versions,
    reason_option,
    store_option,
    trust,
    who,
)
from challenge_neuralworks.cli.watch import bounds_options, evidence_options, read_watch, run, source_of
from challenge_neuralworks.lifecycle.verdicts import COLUMNS, FORCEABLE

if TYPE_CHECKING:
    from challenge_neuralworks.lifecycle.gates import Demands
    from challenge_neuralworks.lifecycle.promoting import Trial
    from challenge_neuralworks.store.versions import Pointer, Versions

gate_options = together(
    click.option(
        "--margin",
        "margins",
        multiple=True,
        metavar="SPLIT.METRIC=NUMBER",
        help="How much worse than production's a metric may be, e.g. random_split.auc=0.005, rmse=2%; or slices=0.02.",
    ),
    click.option("--shadow-rows", type=click.IntRange(1), help="Least number of rows that the candidate has shadowed."),
    click.option("--shadow-max-difference", type=click.FloatRange(0), help="Most that a prediction may have differed."),
    click.option("--shadow-max-flips", type=SHARE, help="Labels that may have differed."),
    click.option(
        "--shadow-max-errors", type=SHARE, default="0", show_default=True, help="Rows that it may have refused."
    ),
    click.option("--force", type=click.Choice(FORCEABLE), default=None, help="One gate to override; needs --reason."),
)
"""What the gates ask."""


@click.command(epilog="Example: neuralworks promote delay --shadow-rows 10000 --shadow-max-flips 1% --watch 10m")
@click.argument("name")
@click.argument("version", default="")
@click.option(
    "--from", "alias", default="candidate", show_default=True, help="Alias that names the version where none is given."
)
@store_option
@gate_options
@reason_option
@click.option("--dry-run", is_flag=True, help="Go through the gates and move nothing.")
@click.option("--keep-shadow", is_flag=True, help="Point candidate at the version before, so that it shadows.")
@click.option("--watch", "watch_s", type=SPAN, help="Watch for that long afterwards, and take it back if need be.")
@bounds_options
@evidence_options
def promote(name: str, version: str, alias: str, store: str, reason: str, **options: Any) -> None:
    """Point production of model NAME at VERSION, or at what --from names, once it has passed every gate.

    Functions that follow the store serve it within their NEURALWORKS_STORE_TTL_S. Exit code 1: a gate is closed, or
    --watch has taken the version back; 3: somebody else moved production meanwhile, and that stays.
    """
    from challenge_neuralworks.lifecycle.promoting import refuse_return
    from challenge_neuralworks.lifecycle.sides import resolve

    if options["force"] and not reason.strip():
        raise click.UsageError("--force needs --reason TEXT: it goes into the audit line")
    versions = open_versions(store)
    demands = read_demands(options)
    watched = None if options["watch_s"] is None else read_watch(options, options["watch_s"])
    trial = try_version(versions, name, resolve(versions, name, version or alias), demands, options)
    if not version:
        refuse_return(trial)
    if trial.is_served:
        click.echo(f"{name} is at {trial.version} already, nothing to do")
    carry_out(versions, trial, reason, options)
    if watched is not None and not options["dry_run"]:
        run(versions, name, watched)


def read_demands(options: dict[str, Any]) -> Demands:
    """Return what a command's options ask of a candidate."""
    from challenge_neuralworks.lifecycle.evidence import Bounds
    from challenge_neuralworks.lifecycle.gates import Demands
    from challenge_neuralworks.lifecycle.margins import read_margins

    rows, flips = options["shadow_rows"], options["shadow_max_flips"]
    difference = options["shadow_max_difference"]
    asked = any(one is not None for one in (rows, flips, difference))
    bounds = Bounds(rows or 0, flips, difference, options["shadow_max_errors"]) if asked else None
    return Demands(read_margins(options["margins"]), bounds, options["force"] or "")


def try_version(versions: Versions, name: str, version: str, demands: Demands, options: dict[str, Any]) -> Trial:
    """Put a version on trial and print what the gates say."""
    from challenge_neuralworks.lifecycle.promoting import put_on_trial

    trial = put_on_trial(versions, name, version, demands, trust(), source_of(options))
    if trial.verdicts:
        before = trial.before.version if trial.before else "none"
        click.echo(f"{name} production: {before} -> {version}")
        draw(COLUMNS, [verdict.cells() for verdict in trial.verdicts])
    return trial


def carry_out(versions: Versions, trial: Trial, reason: str, options: dict[str, Any]) -> None:
    """Move production, and print the audit line; the former version then shadows where that is asked for."""
    from challenge_neuralworks.lifecycle.promoting import check_gates, promote, reason_of
    from challenge_neuralworks.lifecycle.telling import last_line

    if options["dry_run"]:
        check_gates(trial)
        click.echo("nothing was moved: --dry-run")
        return
    pointer = trial.before
    with conflicts():
        if not trial.is_served:
            pointer = promote(versions, trial, who(), reason_of(trial, reason))
            click.echo(last_line(trial.name, "production", pointer))
        if options["keep_shadow"] and pointer is not None:
            _keep_shadow(versions, trial.name, pointer)


def _keep_shadow(versions: Versions, name: str, pointer: Pointer) -> None:
    from challenge_neuralworks.lifecycle.promoting import keep_shadow
    from challenge_neuralworks.lifecycle.telling import last_line

    shadowing = keep_shadow(versions, name, pointer, who())
    if shadowing is not None:
        click.echo(last_line(name, "candidate", shadowing))
