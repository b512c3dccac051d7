"""Numbers put into bins."""

from __future__ import annotations

from bisect import bisect_right

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class Bins(Stage):
    """The bin that each column falls into, as its number or as zeros with a 1 in its place.

    Parameters
    ----------
    edges : of each column, the inner ones: a value on an edge falls into the bin above it.
    written : "ordinal" for the number of the bin, or "one-hot" for zeros and a 1.
    """

    __slots__ = ("_entries", "edges", "written")
    takes: ClassVar = ("edges", "written")

    def __init__(self, edges: Iterable[Iterable[float]], written: str) -> None:
        self.edges = tuple(tuple(inner) for inner in edges)
        self.written = written
        self._entries = tuple(_entries(len(inner) + 1, written) for inner in self.edges)

    def apply(self, columns: Columns) -> Columns:
        """Return the numbers of all columns, one after the other."""
        made: Columns = []
        for x, edges, entries in zip(columns, self.edges, self._entries, strict=True):
            made += entries[bisect_right(edges, x)]
        return made


def _entries(n_bins: int, written: str) -> tuple[tuple[float, ...], ...]:
    if written == "ordinal":
        return tuple((float(number),) for number in range(n_bins))
    return tuple(tuple(float(place == number) for place in range(n_bins)) for number in range(n_bins))
