"""``neuralworks plan``: what a wanted rate takes on AWS, by the service time of the models here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from challenge_neuralworks.cli.options import models_dir

if TYPE_CHECKING:
    from challenge_neuralworks.deploy.capacity.demand import Wish
    from challenge_neuralworks.deploy.capacity.plan import Plan
    from challenge_neuralworks.deploy.capacity.prices import Architecture


@click.command(
    epilog="Example: neuralworks plan --rps 1111 --account-concurrency 10 says why 50,000 requests in 45 s fail there."
)
@click.option("--rps", type=click.FloatRange(0, min_open=True), required=True, help="Requests a second, at the peak.")
@click.option("--model", default="delay", show_default=True, help="Whose predictions are asked for.")
@click.option("--instances", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Of one request.")
@click.option("--p99-ms", type=click.FloatRange(0, min_open=True), help="Most that 99 in 100 warm requests may take.")
@click.option(
    "--memory-mb", type=click.IntRange(128, 10_240), default=512, show_default=True, help="Memory of the function."
)
@click.option(
    "--architecture",
    type=click.Choice(["arm64", "x86_64"]),
    default="arm64",
    show_default=True,
    help="Of the function's processor; arm64 costs a fifth less.",
)
@click.option(
    "--account-concurrency",
    type=click.IntRange(1),
    default=1_000,
    show_default=True,
    help="The account's quota of concurrent executions; new accounts may have 10.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@models_dir
def plan(  # noqa: PLR0913, PLR0917 - one a question
    rps: float,
    model: str,
    instances: int,
    p99_ms: float | None,
    memory_mb: int,
    architecture: Architecture,
    account_concurrency: int,
    as_json: bool,  # noqa: FBT001 - click passes flags so
    models_dir: Path,
) -> None:
    """Say what a rate of requests takes on AWS: concurrency, quotas and cost; exit 1 where it cannot be carried.

    The time of one request is measured here, on one core, and scaled to the memory that the function gets.
    """
    from challenge_neuralworks.deploy.capacity.demand import Wish

    made = _made(Wish(rps, p99_ms, memory_mb, account_concurrency), architecture, models_dir, (model, instances))
    _show(made, as_json=as_json)
    if made.no:
        sys.exit(1)


def _made(wish: Wish, architecture: Architecture, models_dir: Path, request: tuple[str, int]) -> Plan:
    from challenge_neuralworks.deploy.capacity.plan import plan as planned
    from challenge_neuralworks.deploy.capacity.service_time import measure
    from challenge_neuralworks.serving import build
    from challenge_neuralworks.settings import Settings
    from challenge_neuralworks.store import FolderStore

    name, count = request
    # Unknown names and broken artifacts are told here, before anything is timed.
    example = dict(FolderStore(str(models_dir)).get(name).signature.example())
    measured = measure(lambda: build(Settings(models_dir=str(models_dir))), name, [example] * count)
    return planned(wish, measured, architecture)


def _show(made: Plan, *, as_json: bool) -> None:
    from challenge_neuralworks.deploy.capacity.plan import lines

    click.echo(json.dumps(made.to_json(), indent=1) if as_json else "\n".join(lines(made)))
