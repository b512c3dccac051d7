"""``neuralworks watch``: a promoted version is looked at for a while, and taken back when a bound breaks."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from challenge_neuralworks.cli.deploy import SHARE, SPAN
from challenge_neuralworks.cli.options import together, warn
from challenge_neuralworks.cli.stored import conflicts, open_versions, store_option, who
from challenge_neuralworks.settings import NAMESPACE, VARIABLES, read_namespace

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.lifecycle.evidence import Source
    from challenge_neuralworks.lifecycle.watching import WatchBounds
    from challenge_neuralworks.store.versions import Versions

INTERRUPTED = 130

evidence_options = together(
    click.option(
        "--shadow-log",
        "shadow_logs",
        type=click.Path(dir_okay=False, path_type=Path),
        multiple=True,
        help="File of JSON log lines, e.g. the local gateway's output; again for more.  [default: CloudWatch]",
    ),
    click.option(
        "--metrics-namespace",
        envvar=VARIABLES["metrics_namespace"],
        default=NAMESPACE,
        show_default=True,
        metavar="NAMESPACE",
        help="Namespace that the functions of the stage write to, in CloudWatch.",
    ),
)
"""Where evidence comes from."""

bounds_options = together(
    click.option("--max-flips", type=SHARE, help="Labels of shadowed rows that may differ.  [default: any number]"),
    click.option(
        "--max-difference", type=click.FloatRange(0), help="Most that a shadowed row's prediction may differ."
    ),
    click.option(
        "--max-errors", type=SHARE, default="1%", show_default=True, help="Requests that may be answered with 5xx."
    ),
    click.option(
        "--min-rows",
        type=click.IntRange(1),
        default=20,
        show_default=True,
        help="Rows, or requests, before a share of them is judged.",
    ),
    click.option("--poll", type=SPAN, default="15s", show_default=True, help="Time between two looks."),
)
"""When a promoted version is taken back."""


class Watched(NamedTuple):
    """How long a version is watched, and by what.

    watch_s, poll_s : seconds in all, and between two looks.
    """

    watch_s: float
    poll_s: float
    bounds: WatchBounds
    source: Source


def read_watch(options: dict[str, Any], watch_s: float) -> Watched:
    """Return what a command's options state."""
    from challenge_neuralworks.lifecycle.watching import WatchBounds

    bounds = WatchBounds(options["max_flips"], options["max_difference"], options["max_errors"], options["min_rows"])
    return Watched(watch_s, options["poll"], bounds, source_of(options))


def source_of(options: dict[str, Any]) -> Source:
    """Return where a command's options say that evidence comes from: files, or CloudWatch where there are none."""
    if paths := options["shadow_logs"]:
        from challenge_neuralworks.lifecycle.shadow_logs import LogFiles

        return LogFiles(paths)
    from challenge_neuralworks.lifecycle.shadow_metrics import CloudWatch

    return CloudWatch(read_namespace(options["metrics_namespace"]))


@click.command(epilog="Example: neuralworks watch delay --for 10m --max-flips 2% --max-errors 1%")
@click.argument("name")
@store_option
@click.option("--for", "watch_s", type=SPAN, default="10m", show_default=True, help="How long.")
@bounds_options
@evidence_options
def watch(name: str, store: str, watch_s: float, **options: Any) -> None:
    """Watch what production of model NAME answers, and take it back to the version before when a bound breaks.

    Flips and differences are those of the version before, which shadows it after 'promote --keep-shadow'. Ctrl-C ends
    the watch and leaves production where it is. Exit code 1: it was taken back; 3: somebody else moved it meanwhile.
    """
    run(open_versions(store), name, read_watch(options, watch_s))


def run(versions: Versions, name: str, watched: Watched) -> None:
    """Watch, and tell; ends the process with status 130 on Ctrl-C.

    Raises
    ------
    BoundsBroken : production was taken back.
    Conflict : somebody else moved it.
    """
    from challenge_neuralworks.deploy.release.refusing import Interrupted
    from challenge_neuralworks.deploy.release.stopping import Stop
    from challenge_neuralworks.lifecycle.watching import Watch, watch_for

    watch = Watch(versions, name, watched.source, watched.bounds, click.echo)
    with Stop().listening() as stop, conflicts():
        rest: Callable[[], None] = lambda: stop.wait(watched.poll_s)  # noqa: E731 - named for its type
        try:
            seen = watch_for(watch, watched.watch_s, who(), time.monotonic, rest)
        except Interrupted as error:
            click.echo(f"{error}: {name} stays at {watch.pointer.version}, nothing was moved", err=True)
            sys.exit(INTERRUPTED)
    if seen is None or not (seen.rows or seen.requests):
        warn("not one request was seen, so nothing is known: is it the right --shadow-log or --metrics-namespace?")
    click.echo(f"{name} stays at {watch.pointer.version}")
