"""A version watched after its promotion: when a bound breaks, production goes back by compare-and-swap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.lifecycle.evidence import Evidence, Pair, share
from challenge_neuralworks.lifecycle.refusing import BoundsBroken, Refused
from challenge_neuralworks.lifecycle.returning import former_version, return_to, standing
from challenge_neuralworks.lifecycle.telling import last_line
from challenge_neuralworks.store.aliases import words
from challenge_neuralworks.store.errors import AliasMoved, StoreUnavailable
from challenge_neuralworks.store.versions import CANDIDATE, PRODUCTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from challenge_neuralworks.lifecycle.evidence import Source
    from challenge_neuralworks.store.versions import Pointer, Versions


class WatchBounds(NamedTuple):
    """What a promoted version must keep to; None where it does not matter.

    flips : share of shadowed rows whose label the former version has otherwise.
    difference : largest difference of a row.
    errors : share of requests answered with a status of 5xx.
    least : rows, or requests, before a share of them is judged.
    """

    flips: float | None = None
    difference: float | None = None
    errors: float | None = 0.01
    least: int = 20

    def broken(self, seen: Evidence) -> Iterator[str]:
        """Yield each bound that is broken, in words."""
        if seen.refusals:
            yield f"{seen.refusals} times a function refused to take the version up"
        if self.flips is not None and seen.rows >= self.least and seen.flips > self.flips * seen.rows:
            yield f"{share(seen.flips, seen.rows)} of {seen.rows} labels flipped, at most {self.flips:.3%} may"
        if self.difference is not None and seen.most > self.difference:
            yield f"a prediction differs by {seen.most:.3g}, at most {self.difference:.3g} may"
        if self.errors is not None and seen.requests >= self.least and seen.failed > self.errors * seen.requests:
            failed = share(seen.failed, seen.requests)
            yield f"{failed} of {seen.requests} requests failed, at most {self.errors:.3%} may"


class Watch:
    """One watch over one model's production.

    Parameters
    ----------
    tell : takes a line on what is seen.

    Raises
    ------
    UnknownAlias, Refused : there is no production, or nothing to go back to.
    """

    def __init__(
        self, versions: Versions, name: str, source: Source, bounds: WatchBounds, tell: Callable[[str], object]
    ) -> None:
        self._versions, self._source, self._bounds, self._tell = versions, source, bounds, tell
        self.name = name
        self.pointer: Pointer = standing(versions, name)
        former = former_version(self.pointer.moves)
        if former is None:
            raise Refused(f"nothing was served before {self.pointer.version} of {name}: there is no way back to watch")
        self.former = former
        self._pair = Pair(name, self.pointer.version, former, self.pointer.moves[-1].at)
        self._told = ""

    def begin(self) -> None:
        """Say what is watched, and what cannot be seen."""
        self._say(f"watching {self.name} {self.pointer.version}; the way back is {self.former}")
        shadowing = self._versions.alias(self.name, CANDIDATE)
        if (shadowing.version if shadowing else "") != self.former:
            self._say(f"{self.former} does not shadow, so flips are not seen: promote with --keep-shadow")

    def look(self, by: str) -> Evidence | None:
        """Return what is seen, or None where nobody can say; a broken bound takes production back.

        Raises
        ------
        BoundsBroken : production has gone back; says why.
        AliasMoved : somebody else moved production: there is nothing left to watch.
        """
        try:
            self._check_standing()
            seen = self._source.look(self._pair)
        except AliasMoved:
            raise
        # What cannot be looked at now may be again soon, and production stays where it is meanwhile.
        except NeuralworksError as error:
            self._say(f"cannot look: {error}")
            return None
        broken = tuple(self._bounds.broken(seen))
        self._say(str(seen))
        if broken:
            self._go_back(by, broken)
        return seen

    def _check_standing(self) -> None:
        now = self._versions.alias(self.name, PRODUCTION)
        if now is None or now.serial != self.pointer.serial:
            raise AliasMoved(self.name, PRODUCTION, words(self.pointer), words(now))

    def _go_back(self, by: str, broken: tuple[str, ...]) -> None:
        reason = f"watch: {'; '.join(broken)}"
        try:
            after = return_to(self._versions, self.name, self.pointer, self.former, by, reason)
        except StoreUnavailable as error:
            # The next look tries again.
            self._say(f"{reason}; cannot go back yet: {error}")
            return
        self._tell(last_line(self.name, PRODUCTION, after))
        raise BoundsBroken(self.name, self.pointer.version, broken, f"production is back at {self.former}")

    def _say(self, line: str) -> None:
        # The same line again would say nothing.
        if line != self._told:
            self._told = line
            self._tell(line)


def watch_for(
    watch: Watch, watch_s: float, by: str, clock: Callable[[], float], rest: Callable[[], None]
) -> Evidence | None:
    """Look again and again until the time is over, and return what was seen last.

    Parameters
    ----------
    rest : waits between two looks; what it raises ends the watch, and leaves production where it is.

    Raises
    ------
    BoundsBroken, AliasMoved : as `Watch.look`.
    """
    watch.begin()
    end = clock() + watch_s
    seen = None
    while True:
        seen = watch.look(by) or seen
        if clock() >= end:
            return seen
        rest()
