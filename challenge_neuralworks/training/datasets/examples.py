"""What a model learns from: rows as requests state them, the class of each, and when it was known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from challenge_neuralworks.signature import Row


class Examples(NamedTuple):
    """Rows to learn from, each of shape (n_rows,) and in the order of the file.

    rows : what a request would state, unchecked.
    target : the class of each row, 0 or 1; of more classes its position among them, of a regression its value.
    moments : when each row was known, for splits by time; None where the data do not say.
    """

    rows: list[Row]
    target: Sequence[float]
    moments: pd.Series[pd.Timestamp] | None = None


def select(examples: Examples, chosen: Iterable[int]) -> Examples:
    """Return the examples at these positions, counted from 0, in this order."""
    positions = [int(position) for position in chosen]
    return Examples(
        [examples.rows[position] for position in positions],
        [examples.target[position] for position in positions],
        None if examples.moments is None else examples.moments.iloc[positions].reset_index(drop=True),
    )
