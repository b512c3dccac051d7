"""``neuralworks query``: answers from a live API."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.asking import Asked, Run, asking, finish
from challenge_neuralworks.cli.faults import Failure

if TYPE_CHECKING:
    from challenge_neuralworks.client.address import Address

MOST = 10_000
MOST_EXPLAINED = 1_000
"""Instances of one call, as the API limits them."""

EPILOG = """
The API key is read from the environment variable NEURALWORKS_API_KEY. There is no option for it: a command line
stays in the shell's history and is shown to every user of the machine.

\b
Examples:
  neuralworks query http://127.0.0.1:8000 delay
  neuralworks query http://127.0.0.1:8000 delay flights.csv
  neuralworks query http://127.0.0.1:8000 delay flights.csv --explain --output answers.parquet
  neuralworks query https://api.example.com/dev delay flights.csv --on-error skip
  cat flights.jsonl | neuralworks query http://127.0.0.1:8000 delay - --format jsonl
"""


@click.command(epilog=EPILOG)
@click.argument("url")
@click.argument("model")
@asking
@click.option(
    "--batch-size", type=click.IntRange(1, MOST), default=100, show_default=True, help="Most instances of one call."
)
@click.option("--concurrency", type=click.IntRange(1, 16), default=1, show_default=True, help="Calls at a time.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds for one call, with its retries and waits.",
)
@click.option(
    "--retries",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Further tries of a call that was throttled, met a server that is down, or lost its connection.",
)
def query(
    url: str, model: str, batch_size: int, concurrency: int, timeout_s: float, retries: int, **options: Any
) -> None:
    """Have rows answered by MODEL of the live API at URL: one instance, or a FILE of them.

    URL is the API's root, such as that of a stage. FILE is CSV, JSON, JSON lines or Parquet, or - for standard input;
    columns have the names of the model's fields, and an empty cell is a missing value. Without FILE and --json the
    model's own example is sent.
    """
    _check_installed()
    from challenge_neuralworks.client.address import read_address
    from challenge_neuralworks.client.api import Api, read_key
    from challenge_neuralworks.client.calls import Caller, Trying

    asked = Asked(**options)
    asked.check()
    if asked.explain and batch_size > MOST_EXPLAINED:
        raise click.UsageError(f"--batch-size {batch_size}: with --explain a call holds at most {MOST_EXPLAINED:,}")
    address, key = read_address(url), read_key(os.environ)
    _warn(address, key)
    caller = Caller(address, key or _default_key(address), Trying(retries, timeout_s), concurrency)
    api = Api(caller, model, keyed=key is not None, threshold=asked.threshold, explain=asked.explain)
    try:
        run = Run(asked, api.describe(), api, batch_size=batch_size, concurrency=concurrency, bare=False)
        done = run.run()
    finally:
        caller.close()
    finish(done, f"{done}, {_number(api.calls, 'call')}, {_number(api.retries, 'retry')}")


def _check_installed() -> None:
    missing = [name for name in ("urllib3", "rich") if find_spec(name) is None]
    if missing:
        raise Failure(f"query needs {' and '.join(missing)}: pip install '.[query]' in the project's folder")


def _warn(address: Address, key: str | None) -> None:
    if key and not address.encrypted and not address.is_loopback:
        click.echo(f"warning: the key goes to {address.host} unencrypted; use https", err=True)


def _default_key(address: Address) -> str | None:
    from challenge_neuralworks.gateway.start import DEFAULT_KEY

    # It opens a local gateway without keys of its own; there is nothing to give away, and nobody else to hear it.
    return DEFAULT_KEY if address.is_loopback else None


def _number(count: int, thing: str) -> str:
    plural = "retries" if thing == "retry" else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"
