"""Why a figure cannot be had, or must not be believed."""

from __future__ import annotations


class BenchError(Exception):
    """Base of what ends a run of the benchmark."""


class EmulatorMissing(BenchError):
    """The Lambda emulator cannot be had here."""


class ProcessFailed(BenchError):
    """A measured process did not start, or ended before it answered."""


class WrongAnswer(BenchError):
    """A handler answered something else than it must: its speed means nothing.

    Attributes
    ----------
    candidate : name of the handler.
    answer : what it answered.
    """

    def __init__(self, candidate: str, answer: object) -> None:
        super().__init__(f"{candidate} answered {str(answer)[:300]!r}")
        self.candidate = candidate
        self.answer = answer
