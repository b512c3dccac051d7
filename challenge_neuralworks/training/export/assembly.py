"""What every assembler is given and gives back, and how it refuses what it cannot express."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.training.export.columns import Raw, Table, as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Signature
    from challenge_neuralworks.training.export.columns import Column, Number

    Transform = Callable[[Any, list[Column], "Step"], list[Column]]
    Score = Callable[[Any, list[Column], "Step"], Scorer]

SERVE_ORIGINAL = "or seal the estimator itself, which is served with the extra `sklearn`"


class Step(NamedTuple):
    """Where in a pipeline an assembler works.

    path : names of the steps down to this one, joined by dots, for messages.
    signature : the fields that rows are checked against before they are scored.
    transforms, scores : class -> assembler, for what is nested inside. The class itself, not one derived
        from it: a subclass may have changed anything.
    """

    path: str
    signature: Signature
    transforms: Mapping[type, Transform]
    scores: Mapping[type, Score]

    def inside(self, name: str) -> Step:
        """Return the place of a step nested in this one."""
        return self._replace(path=f"{self.path}.{name}" if self.path else name)

    def refuse(self, what: str, remedy: str) -> NoReturn:
        """Raise `Unsupported` for this step."""
        raise Unsupported(self.path or "estimator", what, f"{remedy}, {SERVE_ORIGINAL}")

    def transform(self, name: str, estimator: Any, columns: list[Column]) -> list[Column]:
        """Return what a nested, fitted transformer makes of columns."""
        step = self.inside(name)
        assemble = self.transforms.get(type(estimator))
        if assemble is None:
            step.refuse(type(estimator).__name__, _use_one_of(self.transforms))
        return assemble(estimator, columns, step)

    def score(self, name: str, estimator: Any, columns: list[Column]) -> Scorer:
        """Return the scorer of a nested, fitted estimator over columns."""
        step = self.inside(name) if name else self
        assemble = self.scores.get(type(estimator))
        if assemble is None:
            step.refuse(type(estimator).__name__, _use_one_of(self.scores))
        return assemble(estimator, columns, step)

    def numeric(self, column: Column, by: str) -> Table | Number:
        """Return a column as numbers; refuse a category, which is none."""
        if not isinstance(column, Raw):
            return column
        if column.category:
            self.refuse(f"{by} of the category {column.feature!r}", "put a OneHotEncoder before it")
        return as_number(column)


def _use_one_of(kinds: Iterable[type]) -> str:
    return "use one of " + ", ".join(sorted(kind.__name__ for kind in kinds))
