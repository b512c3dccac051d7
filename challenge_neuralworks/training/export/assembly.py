"""What every assembler is given and gives back, and how it refuses what it cannot express."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.training.export.encoding import over_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
    optional : the same of libraries that need not be there, by library and name of the class.
    """

    transforms: dict[type, Transform]
    heads: dict[type, PlainHead]
    folding: dict[type, HeadOfColumns]
    optional: Mapping[tuple[str, str], HeadOfColumns]

    def folds(self, kind: type) -> HeadOfColumns | None:
        """Return the assembler of an estimator that reads columns of any kind, or None where it is no such one."""
        # Whoever holds an estimator of a library has imported it: there is no need to, which would take a second.
        theirs = (
            assemble
            for (library, name), assemble in self.optional.items()
            if getattr(sys.modules.get(library), name, None) is kind
        )
        return self.folding.get(kind) or next(theirs, None)

    def estimators(self) -> list[str]:
        """Return the names of all estimators that have an assembler."""
        return sorted({*(kind.__name__ for kind in (*self.heads, *self.folding)), *(name for _, name in self.optional)})


class Step(NamedTuple):
    """Where in a pipeline an assembler works.

    path : names of the steps down to this one, joined by dots, for messages.
    signature : the fields that rows are checked against before they are scored.
    registry : for what is nested inside.
    categories : derived feature -> categories that encoders of it know; encoders add theirs.
    names : features, in the order of the estimator's columns, where they are known.
    """

    path: str
    signature: Signature
    registry: Registry
    categories: dict[str, dict[Any, None]]
    names: Sequence[str] = ()

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
            known = sorted(kind.__name__ for kind in self.registry.transforms)
            step.refuse(type(transformer).__name__, _register(known, "transform"))
        return assemble(transformer, sources, step)

    def head(self, name: str, estimator: Any, columns: Sequence[Column]) -> Head:
        """Return a nested, fitted estimator as a head over columns."""
        step = self.inside(name)
        folding = self.registry.folds(type(estimator))
        if folding is not None:
            return folding(estimator, columns, step)
        assemble = self.registry.heads.get(type(estimator))
        if assemble is None:
            step.refuse(type(estimator).__name__, _register(self.registry.estimators(), "head"))
        head = assemble(estimator, len(columns), step)
        return over_plain(head, columns)


def _register(known: Iterable[str], what: str) -> str:
    return f"register an assembler with `register_{what}`, use one of {', '.join(known)}"
