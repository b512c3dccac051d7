"""What was seen of a candidate that shadows production, and of the requests that production answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.lifecycle.verdicts import NOTHING, SHADOW, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pair(NamedTuple):
    """Whose evidence is looked for.

    served, shadowing : versions of the model.
    since : from when on, UTC, ISO 8601, as a move of an alias states it.
    """

    name: str
    served: str
    shadowing: str
    since: str


class Evidence(NamedTuple):
    """Sums over all that was seen.

    rows, flips : scored by both versions; and of these, with another label.
    difference, most : sum and largest of the rows' differences.
    errors : rows that the shadowing version refused or failed at.
    requests, failed : answered by the version that is served; and of these, with a status of 5xx.
    refusals : processes, or new tries of one, that found the version that is to be served unfit, and kept another.
    """

    rows: int = 0
    flips: int = 0
    difference: float = 0.0
    most: float = 0.0
    errors: int = 0
    requests: int = 0
    failed: int = 0
    refusals: int = 0

    def __str__(self) -> str:
        if not self.rows:
            return f"no shadowed row, {self.requests} requests, {self.failed} failed"
        differ = f"differing by {self.difference / self.rows:.3g} on average, {self.most:.3g} at most"
        refused = f", {self.errors} refused" if self.errors else ""
        return (
            f"{self.rows} rows shadowed, {share(self.flips, self.rows)} flipped, {differ}{refused}; "
            f"{self.requests} requests, {self.failed} failed"
        )

    def plus(self, other: Evidence) -> Evidence:
        """Return both together."""
        sums = {field: getattr(self, field) + getattr(other, field) for field in self._fields}
        return Evidence(**{**sums, "most": max(self.most, other.most)})


class Source:
    """Where evidence comes from: log files, or CloudWatch."""

    def look(self, pair: Pair) -> Evidence:
        """Return all there is of a pair so far.

        Raises
        ------
        NeuralworksError : it cannot be read.
        """
        raise NotImplementedError


class Bounds(NamedTuple):
    """What a shadowing version must keep to; None where it does not matter.

    rows : least number of rows scored by both.
    flips, errors : share of the rows.
    difference : largest of any row.
    """

    rows: int = 0
    flips: float | None = None
    difference: float | None = None
    errors: float = 0.0


def judge_shadow(evidence: Evidence, bounds: Bounds) -> list[Verdict]:
    """Return a verdict on rows, flips, differences and rows that the candidate refused."""
    return list(_verdicts(evidence, bounds))


def _verdicts(evidence: Evidence, bounds: Bounds) -> Iterator[Verdict]:
    rows, least = evidence.rows, max(bounds.rows, 1)
    yield Verdict(SHADOW, "rows", NOTHING, f"{rows}", f"at least {least}", rows >= least)
    within = bounds.flips is None or evidence.flips <= bounds.flips * rows
    yield Verdict(SHADOW, "flips", NOTHING, share(evidence.flips, rows), _most(bounds.flips, ".3%"), within)
    found = f"{evidence.most:.3g}, mean {evidence.difference / rows if rows else 0.0:.3g}"
    within = bounds.difference is None or evidence.most <= bounds.difference
    yield Verdict(SHADOW, "difference", NOTHING, found, _most(bounds.difference, ".3g"), within)
    seen = rows + evidence.errors
    within = evidence.errors <= bounds.errors * seen
    yield Verdict(SHADOW, "errors", NOTHING, share(evidence.errors, seen), _most(bounds.errors, ".3%"), within)


def _most(bound: float | None, form: str) -> str:
    return "any" if bound is None else f"at most {bound:{form}}"


def share(part: int, whole: int) -> str:
    """Return a part of a whole, in words."""
    return f"{part / whole:.3%}" if whole else "none"
