"""What is known of each column inside a pipeline: where it comes from, and how a head may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from challenge_neuralworks.scorers.parts import Stage


UNCHANGED = (0.0, 1.0)
"""The affine of a number that nothing was done to."""


class Source(NamedTuple):
    """Where a column that a transformer made comes from.

    features : names of the features it depends on.
    affine : (mean, scale) where it is just ``(feature - mean) / scale`` of one number, computed in one step
        from the raw value; (0.0, 1.0) for the number itself. None otherwise, and for categories.
    encoded : whether it was made from a category's value, so that a table over categories holds it all.
    category : whether it is a declared category itself.
    """

    features: frozenset[str]
    affine: tuple[float, float] | None = None
    encoded: bool = False
    category: bool = False

    @property
    def raw(self) -> bool:
        """Whether it is a feature itself, untouched."""
        return self.category or self.affine == UNCHANGED

    def changed(self) -> Source:
        """Return the source of a column made from this one alone by anything but shifting and scaling."""
        return self._replace(affine=None, category=False)


def joined(sources: tuple[Source, ...] | list[Source]) -> Source:
    """Return the source of a column that depends on all of these columns."""
    features = frozenset[str]().union(*(source.features for source in sources))
    return Source(features, None, encoded=len(sources) > 0 and all(source.encoded for source in sources))


class Assembled(NamedTuple):
    """A transformer as a stage, with the source of each column that the stage makes."""

    stage: Stage
    sources: tuple[Source, ...]


class Raw(NamedTuple):
    """A feature itself, at a position of the columns that the head is given."""

    position: int
    feature: str


class Plain(NamedTuple):
    """Some number, at a position of the columns that the head is given.

    sampled : what it is on the rows of `sampling`; empty where that is not known.
    """

    position: int
    sampled: tuple[float, ...] = ()


class Table(NamedTuple):
    """``entries[value]``, or ``unknown``, of the feature at a position; NaN where no such value can pass."""

    position: int
    entries: dict[Any, float]
    unknown: float


class Number(NamedTuple):
    """``(value - mean) / scale`` of the feature at a position."""

    position: int
    mean: float
    scale: float


Column = Raw | Plain | Table | Number
