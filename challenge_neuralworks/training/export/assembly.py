"""What every assembler is given and gives back, and how it refuses what it cannot express."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.training.export.encoding import over_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.signature import Signature
    from challenge_neuralworks.training.export.columns import Assembled, Column, Source

    Transform = Callable[[Any, Sequence[Source], "Step"], Assembled]
    HeadOfColumns = Callable[[Any, Sequence[Column], "Step"], Head]
    PlainHead = Callable[[Any, int, "Step"], Head]

SERVE_ORIGINAL = "or seal the estimator itself, which is served with the extra `sklearn`"


class Registry(NamedTuple):
    """Class -> assembler. The class itself, not one derived from it: a subclass may have changed anything.

    transforms : fitted transformer, sources of its columns, step -> stage and sources.
    heads : fitted estimator, number of plain columns, step -> head over them.
    folding : fitted estimator, columns of any kind, step -> head that reads tables and raw features itself.
    """

    transforms: dict[type, Transform]
    heads: dict[type, PlainHead]
    folding: dict[type, HeadOfColumns]


class Step(NamedTuple):
    """Where in a pipeline an assembler works.

    path : names of the steps down to this one, joined by dots, for messages.
    signature : the fields that rows are checked against before they are scored.
    registry : for what is nested inside.
    categories : derived feature -> categories that encoders of it know; encoders add theirs.
    """

    path: str
    signature: Signature
    registry: Registry
    categories: dict[str, dict[Any, None]]

    def inside(self, name: str) -> Step:
        """Return the place of a step nested in this one."""
        return self._replace(path=f"{self.path}.{name}" if self.path and name else name or self.path)

    def refuse(self, what: str, remedy: str) -> NoReturn:
        """Raise `Unsupported` for this step."""
        raise Unsupported(self.path or "estimator", what, f"{remedy}, {SERVE_ORIGINAL}")

    def learn(self, feature: str, categories: Iterable[Any]) -> None:
        """Note categories that an encoder of a feature was fitted on."""
        self.categories.setdefault(feature, {}).update(dict.fromkeys(categories))

    def transform(self, name: str, transformer: Any, sources: Sequence[Source]) -> Assembled:
        """Return a nested, fitted transformer as a stage."""
        step = self.inside(name)
        assemble = self.registry.transforms.get(type(transformer))
        if assemble is None:
            step.refuse(type(transformer).__name__, _register(self.registry.transforms, "transform"))
        return assemble(transformer, sources, step)

    def head(self, name: str, estimator: Any, columns: Sequence[Column]) -> Head:
        """Return a nested, fitted estimator as a head over columns."""
        step = self.inside(name)
        folding = self.registry.folding.get(type(estimator))
        if folding is not None:
            return folding(estimator, columns, step)
        assemble = self.registry.heads.get(type(estimator))
        if assemble is None:
            step.refuse(type(estimator).__name__, _register((*self.registry.heads, *self.registry.folding), "head"))
        head = assemble(estimator, len(columns), step)
        return over_plain(head, columns)


def _register(kinds: Iterable[type], what: str) -> str:
    known = ", ".join(sorted(kind.__name__ for kind in kinds))
    return f"register an assembler with `register_{what}`, use one of {known}"
