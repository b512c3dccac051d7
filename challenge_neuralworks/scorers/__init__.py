"""Pure-Python scorers: what an artifact's pickle holds, exported from a fitted sklearn pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Scorer:
    """Base of everything that turns a row of features into class probabilities."""

    __slots__ = ()

    def probabilities(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the probability of each class of one row, in the manifest's class order."""
        raise NotImplementedError

    def probabilities_many(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, ...]]:
        """Return `probabilities` of each row, shape (n_rows, n_classes): by row, so order cannot matter."""
        return [self.probabilities(row) for row in rows]

    def __setstate__(self, state: object) -> NoReturn:
        # A pickle rebuilds a scorer through its constructor alone. Without this, a BUILD opcode could
        # set attributes on the class itself, and so on every other model of the process.
        raise TypeError(f"{type(self).__name__} takes no pickled state")
