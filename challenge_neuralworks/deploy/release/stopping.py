"""Ctrl-C and SIGTERM, heard between two calls: no call is cut in half, so what was changed is always known."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from challenge_neuralworks.deploy.release.refusing import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SLICE_S = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether somebody asked to stop; `check` raises then, until `hold` says that putting back has begun."""

    def __init__(self) -> None:
        self._asked = ""
        self._held = False

    def ask(self, number: int, _frame: FrameType | None = None) -> None:
        """Note a signal; a handler of `signal.signal`."""
        self._asked = signal.Signals(number).name

    def hold(self) -> None:
        """Raise no more: what comes now puts things back, and must be let finish."""
        self._held = True

    def check(self) -> None:
        """Raise if somebody asked to stop.

        Raises
        ------
        Interrupted : names the signal.
        """
        if self._asked and not self._held:
            raise Interrupted(self._asked)

    def wait(self, wait_s: float) -> None:
        """Wait, or raise as `check` does as soon as somebody asks to stop."""
        end = time.monotonic() + wait_s
        while (left_s := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(SLICE_S, left_s))
        self.check()

    @contextmanager
    def listening(self) -> Iterator[Stop]:
        """Take both signals over until the block ends; the main thread only."""
        before = [signal.signal(number, self.ask) for number in SIGNALS]
        try:
            yield self
        finally:
            for number, handler in zip(SIGNALS, before, strict=True):
                signal.signal(number, handler)
