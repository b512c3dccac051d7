"""``neuralworks deploy``, ``smoke``, ``rollback`` and ``status``: which version a stage's callers reach."""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.options import models_dir, together
from challenge_neuralworks.cli.stored import reason_option, store_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.deploy.release.code import Code
    from challenge_neuralworks.deploy.release.deploying import Bench, Wanted


class Share(click.ParamType):  # type: ignore[type-arg] # takes arguments in new versions of click only
    """A share, ``10%`` or ``0.1``; a bare 10 could mean either."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share, from 0 to 1."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)%|(0?\.\d+|0|1)", value)
        share = (float(found[1]) / 100 if found[1] else float(found[2])) if found else -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is no share: write 10% or 0.1", param, ctx)
        return share


class Span(click.ParamType):  # type: ignore[type-arg] # as above
    """A span of time, ``90s`` or ``5m``."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m)", value)
        if found is None:
            self.fail(f"{value!r} is no time: write 90s or 5m", param, ctx)
        return float(found[1]) * (60 if found[2] == "m" else 1)


SHARE, SPAN = Share(), Span()

SEEN_S = 180.0
"""A canary this long is seen by CloudWatch: whole minutes, and these a minute or two late."""


function_option = click.option(
    "--function", envvar="NEURALWORKS_FUNCTION", help="Name of the function.  [default: challenge-neuralworks-STAGE]"
)
stage_choice = click.Choice(["dev", "prd"])
stage = together(click.option("--stage", type=stage_choice, required=True, help="Stage to act on."), function_option)
changing = together(
    click.option("--owner", default="", help="Who holds the lock, for others to read.  [default: the user's name]"),
    click.option(
        "--lease",
        type=SPAN,
        default="15m",
        show_default=True,
        help="How long the lock of a deploy that dies keeps others out; one that lives renews it.",
    ),
    click.option(
        "--timeout", type=SPAN, default="5m", show_default=True, help="How long an update or a version may take."
    ),
    click.option("--poll", type=SPAN, default="2s", show_default=True, help="Time between two looks at AWS."),
    click.option("--dry-run", is_flag=True, help="Print the plan and change nothing."),
)


@click.command(
    epilog="Example: neuralworks deploy --stage dev --image 123456789012.dkr.ecr.us-east-1.amazonaws.com/"
    "challenge-neuralworks-dev@sha256:... --canary 10% --watch 5m"
)
@stage
@click.option("--image", help="REPOSITORY@sha256:... or sha256:..., never a tag.")
@click.option(
    "--zip", "zip_file", type=click.Path(dir_okay=False, path_type=Path), help="Zip file, for a function made of one."
)
@click.option(
    "--repository",
    envvar="NEURALWORKS_REPOSITORY",
    default="",
    help="Where --image sha256:... is looked for.  [default: where the live image is]",
)
@click.option("--canary", type=SHARE, default="0", help="Share of calls that the new version gets at first, e.g. 10%.")
@click.option("--watch", type=SPAN, default="5m", show_default=True, help="How long the canary lasts.")
@click.option(
    "--max-errors", type=SHARE, default="1%", show_default=True, help="Invocations of the canary that may fail."
)
@click.option(
    "--max-p99-ms",
    type=click.FloatRange(0, min_open=True),
    help="Most that 99 in 100 of them may take.  [default: 80 % of the function's timeout]",
)
@click.option(
    "--max-disagreement", type=SHARE, help="Labels that may differ from the live version's.  [default: report only]"
)
@click.option("--url", help="The API's root: checked over HTTP before the deploy counts as good; see smoke.")
@changing
@models_dir
def deploy(**options: Any) -> None:
    """Have a stage's callers reach new code, once it has answered as the models in MODELS_DIR promise.

    The code becomes a version of its own, which is tried before any caller reaches it; then the alias `live` is moved.
    Whatever fails after that, Ctrl-C included, moves it back. Settings that Terraform changed go live the same way.
    """
    from challenge_neuralworks.deploy.release import deploying
    from challenge_neuralworks.deploy.release.code import read_image
    from challenge_neuralworks.deploy.release.smoke import read_manifests

    if bool(options["image"]) == bool(options["zip_file"]):
        raise click.UsageError("say what to deploy: either --image or --zip")
    manifests, code = read_manifests(str(options["models_dir"])), _code(options)
    _warn(options["canary"], options["watch"])
    with _bench(options) as bench:
        code = code or read_image(options["image"], bench.function.read().repository)
        deploying.deploy(bench, _wanted(options, manifests, code), dry_run=options["dry_run"])
        if not options["dry_run"]:
            click.echo("deployed")


@click.command(epilog="Example: neuralworks smoke --url https://abc.execute-api.us-east-1.amazonaws.com/dev")
@click.option("--stage", type=stage_choice, help="Stage whose function is asked, through AWS.")
@function_option
@click.option("--version", default="live", show_default=True, help="Version of the function, or alias, to ask.")
@click.option("--url", help="The API's root, asked over HTTP with the key in NEURALWORKS_API_KEY.")
@models_dir
def smoke(stage: str | None, function: str | None, version: str, url: str | None, models_dir: Path) -> None:
    """Ask a stage what the models in MODELS_DIR promise: its function through AWS, its API over HTTP, or both."""
    from challenge_neuralworks.deploy.release.smoke import read_manifests

    if not (stage or url):
        raise click.UsageError("say what to ask: --stage, --url or both")
    manifests = read_manifests(str(models_dir))
    check = _live_check(url, manifests)
    if stage:
        from challenge_neuralworks.deploy.release import smoke as checks
        from challenge_neuralworks.deploy.release.asking import Asking

        with _bench({"stage": stage, "function": function}) as bench:
            asking = Asking(bench.function, version)
            click.echo(f"smoke of {asking.name}: {checks.smoke(asking, manifests)}")
    if check is not None:
        check()


@click.command(epilog="Examples: neuralworks rollback delay; neuralworks rollback --stage dev")
@click.argument("model", default="")
@click.option("--stage", type=stage_choice, help="Stage whose function goes back, instead of a MODEL.")
@function_option
@click.option("--to", default="", help="Version to go back to.  [default: the last that was good]")
@store_option
@reason_option
@changing
@models_dir
def rollback(model: str, store: str, reason: str, **options: Any) -> None:
    """Have callers reach what was live before: a version of MODEL in the store, or with --stage of a stage's function.

    Of a MODEL, --store, --to, --reason and --dry-run count; exit code 3: somebody else moved it meanwhile. Of a stage
    the others do, and a canary is taken away.
    """
    if bool(model) == bool(options["stage"]):
        raise click.UsageError("say what goes back: either a MODEL or --stage")
    if model:
        from challenge_neuralworks.cli.returning import roll_back_model

        roll_back_model(model, store, options["to"], reason, dry_run=options["dry_run"])
        return
    from challenge_neuralworks.deploy.release.returning import roll_back
    from challenge_neuralworks.deploy.release.smoke import read_manifests

    if options["to"] and not options["to"].isdigit():
        raise click.UsageError(f"--to {options['to']}: a version is a number; `neuralworks status` shows them")
    manifests = read_manifests(str(options["models_dir"]))
    with _bench(options) as bench:
        roll_back(bench, manifests, options["to"], dry_run=options["dry_run"])
        if not options["dry_run"]:
            click.echo("rolled back")


@click.command()
@stage
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
def status(stage: str, function: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Show what a stage's callers reach: versions and their models, the previous version, and the lock."""
    from challenge_neuralworks.deploy.release.status import lines, read_status

    with _bench({"stage": stage, "function": function}) as bench:
        told = read_status(bench.function)
        click.echo(json.dumps(told, indent=1) if as_json else "\n".join(lines(told)))


def _warn(canary: float, watch_s: float) -> None:
    if canary and watch_s < SEEN_S:
        said = f"--watch {watch_s:g}s: CloudWatch may have nothing to judge the canary by yet"
        click.echo(f"warning: {said}; give it {SEEN_S:g}s or more", err=True)


def _code(options: dict[str, Any]) -> Code | None:
    from challenge_neuralworks.deploy.release.code import read_image, read_zip

    if options["zip_file"]:
        return read_zip(options["zip_file"])
    if options["image"].startswith("sha256:") and not options["repository"]:
        return None
    return read_image(options["image"], options["repository"])


def _wanted(options: dict[str, Any], manifests: Sequence[Manifest], code: Code) -> Wanted:
    from challenge_neuralworks.deploy.release.deploying import Wanted
    from challenge_neuralworks.deploy.release.watching import Bounds

    bounds = Bounds(options["max_errors"], options["max_p99_ms"])
    check = _live_check(options["url"], manifests)
    return Wanted(code, manifests, options["canary"], options["watch"], bounds, options["max_disagreement"], check)


def _live_check(url: str | None, manifests: Sequence[Manifest]) -> Callable[[], None] | None:
    if url is None:
        return None
    from challenge_neuralworks.cli.live_smoke import live_check

    return live_check(url, manifests, os.environ)


@contextmanager
def _bench(options: dict[str, Any]) -> Iterator[Bench]:
    _check_installed()
    from challenge_neuralworks.deploy.release.calling import Pace
    from challenge_neuralworks.deploy.release.connecting import connect, function_name
    from challenge_neuralworks.deploy.release.deploying import Bench
    from challenge_neuralworks.deploy.release.function import Function
    from challenge_neuralworks.deploy.release.stopping import Stop

    with Stop().listening() as stop:
        functions, metrics = connect(stop)
        function = Function(options["function"] or function_name(options["stage"]), functions)
        pace = Pace(options["lease"], options["poll"], options["timeout"]) if "lease" in options else Pace()
        yield Bench(function, metrics, stop, click.echo, pace, options.get("owner") or _owner())


def _owner() -> str:
    from getpass import getuser

    if run := os.environ.get("GITHUB_RUN_ID"):
        return f"{os.environ.get('GITHUB_ACTOR', 'GitHub')} in run {run}"
    try:
        return getuser()
    except (OSError, KeyError):
        return "somebody"


def _check_installed() -> None:
    from importlib.util import find_spec

    if find_spec("boto3") is None:
        raise Failure("boto3 is not installed: pip install 'challenge-neuralworks[deploy]'")
