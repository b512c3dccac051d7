"""Assembler of FunctionTransformer: functions of a number that scorers know by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.stages.functions import FUNCTIONS, Each
from challenge_neuralworks.training.export.columns import Assembled
from challenge_neuralworks.training.export.preprocessing.guards import bounds_of, field_of, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source

LARGEST_ROOT = 3_037_000_499
"""Largest integer whose square a 64-bit integer holds."""

REGISTERED: dict[Any, str] = {getattr(np, name): name for name in FUNCTIONS}
"""Function of an array -> name of the function of a number that gives the same, element by element."""


def register_function(function: Callable[[Any], Any], name: str) -> None:
    """Export FunctionTransformers of a function as the scorer's function of that name.

    Parameters
    ----------
    function : of a frame or an array, element by element; must be importable, not a lambda made anew each time.
    name : one of `scorers.stages.functions.FUNCTIONS`, which gives the same for every number.

    Raises
    ------
    KeyError : scorers have no function of that name.
    """
    if name not in FUNCTIONS:
        raise KeyError(f"scorers have no function {name!r}; they have {', '.join(sorted(FUNCTIONS))}")
    REGISTERED[function] = name


def function_transformer(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a FunctionTransformer; without a function it changes nothing, as ``passthrough``."""
    if transformer.validate:
        refuse_missing(sources, step, "FunctionTransformer(validate=True)")
    if transformer.func is None:
        return Assembled(Chain(()), tuple(sources))
    name = _name(transformer, step)
    _refuse_categories(sources, name, step)
    if name == "square":
        _refuse_overflow(sources, step)
    return Assembled(Each(name), tuple(source.changed() for source in sources))


def _name(transformer: Any, step: Step) -> str:
    if transformer.kw_args:
        step.refuse("FunctionTransformer(kw_args=...)", "derive the feature in the model's `features`")
    try:
        return REGISTERED[transformer.func]
    except (KeyError, TypeError):
        step.refuse(
            f"FunctionTransformer(func={transformer.func!r})",
            f"derive the feature in the model's `features`, use numpy's {', '.join(sorted(FUNCTIONS))}, or say with "
            "`register_function` which of these a function is",
        )


def _refuse_categories(sources: Sequence[Source], name: str, step: Step) -> None:
    categories = [field.name for source in sources if source.category and (field := field_of(source, step))]
    if categories:
        step.refuse(f"FunctionTransformer(func=numpy.{name}) of the categories {categories}", "encode them first")


def _refuse_overflow(sources: Sequence[Source], step: Step) -> None:
    """Refuse to square integers so large that numpy's 64 bits wrap round, and give a wrong number."""
    for source in sources:
        bounds = bounds_of(source, step)
        if bounds is not None and max(map(abs, bounds)) > LARGEST_ROOT:
            step.refuse(
                f"numpy.square of {sorted(source.features)}, whose integers may overflow,",
                f"bound the field within {LARGEST_ROOT:,}, put a scaler before it",
            )
