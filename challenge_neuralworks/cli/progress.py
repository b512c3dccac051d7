"""Progress of long steps, on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from time import monotonic
from typing import Any, Self

import click


class _Progress:
    """Base of a bar that is drawn once there is something to show, and ends with the block it is used in."""

    def __init__(self, label: str, length: int) -> None:
        self.label = label
        self.length = length
        self._open = ExitStack()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._open.close()

    def _at(self, position: int, item: str | None = None) -> None:
        if self._bar is None:
            bar = click.progressbar(length=self.length, label=self.label, file=sys.stderr, item_show_func=_shown)
            self._bar = self._open.enter_context(bar)
        # May go back: the next source of a file starts at its first byte.
        self._bar.update(position - self._bar.pos, item)


class Bytes(_Progress):
    """Progress of a download; call it with the bytes that have come so far."""

    def __call__(self, received: int) -> None:
        """Show how much has come."""
        if sys.stderr.isatty():
            self._at(received)
        elif received >= self.length:
            click.echo(f"{self.label}: {received:,} bytes", err=True)


class Steps(_Progress):
    """Progress through named steps; call it with the name of each as it begins."""

    def __init__(self, label: str, steps: tuple[str, ...]) -> None:
        super().__init__(label, len(steps))
        self._steps = steps

    def __call__(self, step: str) -> None:
        """Show the step that begins."""
        done = self._steps.index(step)
        if sys.stderr.isatty():
            self._at(done, step)
        else:
            click.echo(f"{self.label}: step {done + 1} of {self.length}: {step}", err=True)


class Count(_Progress):
    """Progress through calls of one kind; call it with how many have ended, and of how many."""

    PARTS = 10

    def __init__(self, label: str, things: str) -> None:
        super().__init__(label, 0)
        self._things = things

    def __call__(self, done: int, of: int) -> None:
        """Show how many have ended."""
        self.length = of
        if sys.stderr.isatty():
            self._at(done)
        # A log is not a terminal: a line now and then tells that it goes on.
        elif done == of or done % max(1, of // self.PARTS) == 0:
            click.echo(f"{self.label}: {done} of {of} {self._things}", err=True)


class Rows(_Progress):
    """Progress through rows that come in batches; call it with how many have been answered.

    Parameters
    ----------
    total : how many there will be, roughly; None where nobody knows.
    """

    EVERY_S = 2.0

    def __init__(self, label: str, total: int | None) -> None:
        super().__init__(label, total or 0)
        self._told_at = monotonic()

    def __call__(self, done: int) -> None:
        """Show how many have been answered."""
        if sys.stderr.isatty() and self.length:
            self._at(min(done, self.length))
        # A log is not a terminal: a line now and then tells that it goes on.
        elif monotonic() - self._told_at >= self.EVERY_S:
            self._told_at = monotonic()
            of = f" of {self.length:,}" if self.length else ""
            click.echo(f"{self.label}: {done:,}{of} rows", err=True)


class Lines(_Progress):
    """Progress through steps whose number is not known; call it with the name of each as it begins."""

    def __init__(self, label: str) -> None:
        super().__init__(label, 0)

    def __call__(self, step: str) -> None:
        """Say which step begins."""
        click.echo(f"{self.label}: {step}", err=True)


def _shown(item: str | None) -> str | None:
    return item
