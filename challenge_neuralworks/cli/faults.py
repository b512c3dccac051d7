"""How a failure leaves the command line: one line that says what is wrong, and exit code 1."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING, Any

import click

from challenge_neuralworks.errors import InvalidInstances, NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Failure(click.ClickException):
    """A failure that the user can mend; printed as ``error: ...``."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message to stderr."""
        click.echo(f"error: {self.format_message()}", file=file or sys.stderr)


class Group(click.Group):
    """A group of commands that turns errors of this package into `Failure`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a traceback of an error that was raised on purpose would only hide its message."""
        try:
            return super().invoke(ctx)
        except NeuralworksError as error:
            raise Failure("\n".join(_lines(error))) from error


def _lines(error: NeuralworksError) -> Iterator[str]:
    yield str(error)
    if isinstance(error, InvalidInstances):
        yield from (f"  {fault.pointer}: {fault.detail}" for fault in error.faults)
