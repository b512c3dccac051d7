"""Missing values: filled in, or told of."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns

MISSING: dict[str, Callable[[Any], bool]] = {
    "nan": lambda value: bool(value != value),  # noqa: PLR0124 - only NaN is not itself
    "none": lambda value: value is None,
    "either": lambda value: value is None or bool(value != value),  # noqa: PLR0124 - as above
}
"""What counts as missing: NaN, None, or both."""


class Fill(Stage):
    """Missing values replaced; a column may be left out.

    Parameters
    ----------
    fills : (incoming column, what stands for a missing value) of each outgoing column.
    missing : name of one of `MISSING`, or "value".
    marker : the value that counts as missing where ``missing`` is "value".
    """

    __slots__ = ("_is_missing", "fills", "marker", "missing")
    takes: ClassVar = ("fills", "missing", "marker")

    def __init__(self, fills: Iterable[Any], missing: str, marker: Any = None) -> None:
        self.fills = tuple((column, fill) for column, fill in fills)
        self.missing = missing
        self.marker = marker
        self._is_missing = tells_missing(missing, marker)

    def apply(self, columns: Columns) -> Columns:
        """Return each outgoing column, filled where it is missing."""
        if self.missing == "either":
            # The common case, without a call for each column.
            return [fill if (x := columns[column]) is None or x != x else x for column, fill in self.fills]  # noqa: PLR0124
        is_missing = self._is_missing
        return [fill if is_missing(columns[column]) else columns[column] for column, fill in self.fills]


class Missing(Stage):
    """1 where a column is missing, else 0.

    Parameters
    ----------
    of : the incoming columns that are told of.
    missing, marker : as of `Fill`.
    """

    __slots__ = ("_is_missing", "marker", "missing", "of")
    takes: ClassVar = ("of", "missing", "marker")

    def __init__(self, of: Iterable[int], missing: str, marker: Any = None) -> None:
        self.of = tuple(of)
        self.missing = missing
        self.marker = marker
        self._is_missing = tells_missing(missing, marker)

    def apply(self, columns: Columns) -> Columns:
        """Return 1 or 0 for each column that is told of."""
        return [1.0 if self._is_missing(columns[column]) else 0.0 for column in self.of]


def tells_missing(missing: str, marker: Any) -> Callable[[Any], bool]:
    """Return the test of whether a value is missing."""
    return MISSING[missing] if missing != "value" else lambda value: bool(value == marker)
