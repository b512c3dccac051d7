"""What a gate found: one line of the table that a promotion prints."""

from __future__ import annotations

from typing import NamedTuple

CONFORMANCE = "conformance"
SEAL = "seal"
SIGNATURE = "signature"
METRICS = "metrics"
SLICES = "slices"
SHADOW = "shadow"

FORCEABLE = (SEAL, SIGNATURE, METRICS, SLICES, SHADOW)
"""Gates that may be overridden, one at a time. What does not load is never served, so that gate cannot be."""

NOTHING = "-"

COLUMNS = ("gate", "what", "production", "candidate", "bound", "verdict")


class Verdict(NamedTuple):
    """One thing that a gate looked at.

    gate : one of the names above.
    what : which metric, which slices, or "".
    production, candidate : what each version has, in words.
    bound : what the candidate must keep to.
    passed : whether it does.
    forced : the gate was closed, and was overridden by name.
    """

    gate: str
    what: str
    production: str
    candidate: str
    bound: str
    passed: bool
    forced: bool = False

    @property
    def word(self) -> str:
        """The verdict in a word."""
        if self.forced:
            return "forced"
        return "passed" if self.passed else "CLOSED"

    def cells(self) -> tuple[str, ...]:
        """Return the line of the table, in the order of `COLUMNS`."""
        return self.gate, self.what, self.production, self.candidate, self.bound, self.word


def forced(verdicts: list[Verdict], gate: str) -> list[Verdict]:
    """Return verdicts with one gate's closed ones overridden."""
    return [one._replace(forced=True) if one.gate == gate and not one.passed else one for one in verdicts]


def closed(verdicts: list[Verdict]) -> tuple[str, ...]:
    """Return the gates that keep a version from being promoted, each once."""
    return tuple(dict.fromkeys(one.gate for one in verdicts if not one.passed and not one.forced))
