"""Weighted sums of all columns."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class Project(Stage):
    """``(components . columns - centre) / scale``, for each component.

    Parameters
    ----------
    components : shape (n_components, n_columns).
    centres, scales : of each component.
    """

    __slots__ = ("_rows", "centres", "components", "scales")
    takes: ClassVar = ("components", "centres", "scales")

    def __init__(
        self, components: Iterable[Iterable[float]], centres: Iterable[float], scales: Iterable[float]
    ) -> None:
        self.components = tuple(tuple(component) for component in components)
        self.centres = tuple(centres)
        self.scales = tuple(scales)
        self._rows = tuple(zip(self.components, self.centres, self.scales, strict=True))

    def apply(self, columns: Columns) -> Columns:
        """Return the place on each component."""
        return [
            (sum([weight * x for weight, x in zip(component, columns, strict=True)]) - centre) / scale
            for component, centre, scale in self._rows
        ]
