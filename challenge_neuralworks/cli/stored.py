"""What commands over a store of models share: which store, whose hand, and how a conflict leaves the command line."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.options import warn
from challenge_neuralworks.store.errors import AliasMoved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from challenge_neuralworks.lifecycle.sides import Trust
    from challenge_neuralworks.store.versions import Versions

store_option = click.option(
    "--store",
    envvar="NEURALWORKS_STORE",
    default="",
    metavar="URL",
    help="s3://bucket/prefix, or a folder.  [default: NEURALWORKS_STORE]",
)
reason_option = click.option("--reason", default="", help="Why, for the audit line.")


class Conflict(Failure):
    """Somebody else was first; what they did stays."""

    exit_code = 3


def open_versions(url: str) -> Versions:
    """Return the versions of a store.

    Raises
    ------
    Failure : none is named.
    """
    from challenge_neuralworks.store.objects import open_objects
    from challenge_neuralworks.store.versions import Versions

    if not url.strip():
        raise Failure("which store? Give --store s3://bucket/prefix or a folder, or set NEURALWORKS_STORE")
    objects = open_objects(url.strip())
    click.get_current_context().call_on_close(objects.close)
    return Versions(objects)


def trust() -> Trust:
    """Return what artifacts are loaded with: the checks that the environment asks for."""
    from challenge_neuralworks.lifecycle.sides import Trust
    from challenge_neuralworks.settings import read_settings

    return Trust(read_settings(os.environ), warn)


def who() -> str:
    """Return who acts."""
    from challenge_neuralworks.lifecycle.acting import actor

    return actor(os.environ)


@contextmanager
def conflicts() -> Iterator[None]:
    """Turn a move that somebody else was first to make into a failure of its own exit code, 3."""
    try:
        yield
    except AliasMoved as error:
        raise Conflict(str(error)) from error


def draw(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table: drawn on a terminal that rich is installed for, else columns with two blanks between them."""
    texts = [[str(cell) for cell in row] for row in rows]
    if sys.stdout.isatty() and find_spec("rich") is not None:
        _draw_rich(columns, texts)
        return
    lines = [list(columns), *texts]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    for cells in lines:
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
        click.echo(line.rstrip())


def _draw_rich(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        # A reason is somebody's words: no markup, and nothing that steers the terminal.
        table.add_row(
            *(
                Text("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cell))
                for cell in row
            )
        )
    Console(highlight=False).print(table)
