"""What general scorers are made of: stages turn columns into columns, heads turn them into outputs."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, ClassVar, NoReturn

    Columns = list[Any]


class Part:
    """Base of everything that an artifact's pickle may hold.

    Attributes
    ----------
    takes : names of the constructor's parameters, in order; each is kept in a slot of that name, as given
        to the constructor: plain containers, numbers, strings and other parts.
    """

    __slots__ = ()
    takes: ClassVar[tuple[str, ...]] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in self.takes)

    def __setstate__(self, state: object) -> NoReturn:
        # A pickle rebuilds a part through its constructor alone. Without this, a BUILD opcode could
        # set attributes on the class itself, and so on every other model of the process.
        raise TypeError(f"{type(self).__name__} takes no pickled state")


class Scorer(Part):
    """Turns a row of features into a prediction: class probabilities, or of a regression the one value."""

    __slots__ = ()

    def predict(self, row: Mapping[str, Any]) -> tuple[float, ...]:
        """Return the probability of each class of one row, in the manifest's class order, or ``(value,)``."""
        raise NotImplementedError

    def predict_many(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, ...]]:
        """Return `predict` of each row: by row, so that what stands beside a row cannot matter."""
        return [self.predict(row) for row in rows]


class Stage(Part):
    """A fitted transformer."""

    __slots__ = ()

    def apply(self, columns: Columns) -> Columns:
        """Return the columns that a row's columns become; the list given is not changed."""
        raise NotImplementedError


class Head(Part):
    """A fitted estimator over columns."""

    __slots__ = ()

    def outputs(self, columns: Columns) -> tuple[float, ...]:
        """Return the class probabilities, shape (n_classes,), or the value of a regression, shape (1,)."""
        raise NotImplementedError

    def raw(self, columns: Columns) -> tuple[float, ...]:
        """Return the decision function: (1,) for two classes, else (n_classes,).

        Raises
        ------
        NotImplementedError : the estimator has none.
        """
        raise NotImplementedError
