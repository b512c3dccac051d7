"""Processes that are always ended, however the block that started them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PATIENCE_S = 20
"""How long a process may take to end after it was asked to."""


@contextmanager
def child(
    command: Sequence[str], environ: Mapping[str, str], *, output: int | IO[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run a process while the block runs.

    It has a session of its own: Ctrl-C reaches only this process, which then ends its children in the right order.

    Parameters
    ----------
    output : where standard output goes; None is that of this process.
    """
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=output, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, as Ctrl-C would, then by SIGTERM, and at last end it and what it started."""
    for ask in (signal.SIGINT, signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(ask)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_S)
    # One that was killed had no time to end its own.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_well() -> None:
    """Let SIGTERM leave blocks as an exception does, and SIGINT too where a shell's background job would ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _ended)


def _ended(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)
