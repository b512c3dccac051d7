"""Progress of rounds, on stderr: a counting line on a terminal, first and last line elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def shown(label: str, total: int, rounds: Iterable[T]) -> Iterator[T]:
    """Yield rounds as they come, and show how many of a total have."""
    started = time.monotonic()
    live = sys.stderr.isatty()
    _write(f"{label}: {total} rounds", live=live)
    for done, item in enumerate(rounds, 1):
        if live:
            _write(f"{label}: round {done} of {total}", live=True)
        yield item
    _write(f"{label}: {total} rounds in {time.monotonic() - started:.0f} s{chr(10) if live else ''}", live=live)


def _write(text: str, *, live: bool) -> None:
    # A line that is written over must also be cleared.
    sys.stderr.write(f"\r\033[K{text}" if live else f"{text}\n")
    sys.stderr.flush()
