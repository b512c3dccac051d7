"""Naive Bayes heads that are no sum of weighted columns."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.links import softmax
from challenge_neuralworks.scorers.parts import Head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar

    from challenge_neuralworks.scorers.parts import Columns


class GaussianBayes(Head):
    """Classes whose columns are independent and normal.

    Parameters
    ----------
    tables : head whose decision function is, of each class, the log of its prior and what the columns that
        were folded add to it.
    numbers : (column, mean, scale) of each other column, which is ``(value - mean) / scale``.
    means, variances : of those, shape (n_classes, n_numbers).
    """

    __slots__ = ("_classes", "means", "numbers", "tables", "variances")
    takes: ClassVar = ("tables", "numbers", "means", "variances")

    def __init__(
        self,
        tables: Head,
        numbers: Iterable[Any],
        means: Iterable[Iterable[float]],
        variances: Iterable[Iterable[float]],
    ) -> None:
        self.tables = tables
        self.numbers = tuple(tuple(number) for number in numbers)
        self.means = tuple(tuple(row) for row in means)
        self.variances = tuple(tuple(row) for row in variances)
        self._classes = tuple(
            tuple(zip(means, variances, strict=True))
            for means, variances in zip(self.means, self.variances, strict=True)
        )

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the class probabilities."""
        values = [(columns[column] - mean) / scale for column, mean, scale in self.numbers]
        squares = [
            sum([(x - mean) * (x - mean) / variance for x, (mean, variance) in zip(values, normals, strict=True)])
            for normals in self._classes
        ]
        bases = self.tables.raw(columns)
        return softmax(tuple([base - 0.5 * total for base, total in zip(bases, squares, strict=True)]))
