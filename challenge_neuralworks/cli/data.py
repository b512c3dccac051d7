"""``neuralworks data``: bring a declared data set, or make up a small sample of it."""

from __future__ import annotations

from pathlib import Path

import click

from challenge_neuralworks.cli.options import DATA_DIR, seed
from challenge_neuralworks.cli.progress import Bytes


@click.group()
def data() -> None:
    """Bring data sets, or make small samples of them."""


@data.command()
@click.argument("name")
@click.option("--from", "source", metavar="PATH|URL", help="Take the file from here and nowhere else.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=DATA_DIR,
    show_default=True,
    help="Folder that the file goes to.",
)
def fetch(name: str, source: str | None, folder: Path) -> None:
    """Bring the data set NAME, declared in data/NAME.toml, and verify its size and SHA-256.

    Without --from it is looked for where it would go, then in ../shared/data/, then at its public copies.
    """
    from challenge_neuralworks.training.declarations import read_declaration
    from challenge_neuralworks.training.fetch import fetch as bring

    dataset = read_declaration(name, DATA_DIR)
    with Bytes(dataset.file, dataset.bytes) as progress:
        fetched = bring(dataset, folder, source, progress)
    came = f"taken from {fetched.source}" if fetched.source else "already there"
    click.echo(f"{fetched.path}: {came}; SHA-256 {dataset.sha256} verified")


@data.command()
@click.argument("name", type=click.Choice(["delay"]))
@click.option("--rows", type=click.IntRange(1), default=5_000, show_default=True, help="Rows to make.")
@seed
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write.  [default: data/NAME_sample.csv]",
)
def sample(name: str, rows: int, seed: int, out: Path | None) -> None:
    """Make up a small file with the columns and the quirks of the data set NAME; no row of it is real."""
    from challenge_neuralworks.training.sample import write_sample

    path = out or DATA_DIR / f"{name}_sample.csv"
    write_sample(path, rows, seed)
    click.echo(f"{path}: {rows:,} rows made with seed {seed}")
