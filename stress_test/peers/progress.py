"""Progress on stderr: on a terminal also what is running now, elsewhere a line for what has come to its end."""

from __future__ import annotations

import sys
import time


class Progress:
    """Tells how far a run is, with the time since it began."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._live = sys.stderr.isatty()

    def begin(self, what: str) -> None:
        """Show what is beginning, until something else is said."""
        if self._live:
            self._write(f"\r\033[K{self._time()} {what} ...")

    def say(self, what: str) -> None:
        """Write a line that stays."""
        self._write(f"{chr(13) + chr(27) + '[K' if self._live else ''}{self._time()} {what}\n")

    def _time(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes:02}:{seconds:02}"

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
