"""Which categories an encoder knows, and what a row holds of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.folding import domain_of
from challenge_neuralworks.training.export.preprocessing.guards import field_of, missing_category

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source

NEVER = object()
"""In place of a category that no row can hold."""


def keys(categories: Any, step: Step) -> list[Any]:
    """Return what a row holds of each category of a column; a missing one is None.

    Raises
    ------
    Unsupported : they are neither all numbers nor all strings.
    """
    values = [plain(category) for category in categories]
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float) for value in known):
        missing_is_none = False
    elif all(isinstance(value, str) for value in known):
        missing_is_none = missing_category() is None
    else:
        step.refuse("an encoder of a column of mixed types", "fit it on a column of strings or of numbers")
    # None and NaN are two categories to an encoder, and frames hold but one of them.
    return [
        NEVER if value is None and (category is None) is not missing_is_none else value
        for value, category in zip(values, categories, strict=True)
    ]


def plain(category: Any) -> Any:
    """Return a category as the plain Python value that a row holds; NaN as None."""
    value = category.item() if hasattr(category, "item") else category
    return None if value != value else value  # noqa: PLR0124 - NaN


def note_categories(source: Source, values: Sequence[Any], step: Step, *, may_raise: bool, kind: str) -> None:
    """Tell the step which categories an encoder of a feature knows.

    Raises
    ------
    Unsupported : the encoder raises on values that pass the signature; a scorer cannot raise in its place.
    """
    if source.raw:
        (feature,) = source.features
        field = field_of(source, step)
        if field is None or field.kind == "category":
            step.learn(feature, values)
        if may_raise:
            _refuse_unknowns(feature, values, step, kind)
    elif source.encoded and len(source.features) == 1:
        _note_imputed(source, values, step, may_raise=may_raise, kind=kind)
    elif may_raise:
        step.refuse(f"{kind}(handle_unknown='error') of a computed column", "set handle_unknown to something else")


def _note_imputed(source: Source, values: Sequence[Any], step: Step, *, may_raise: bool, kind: str) -> None:
    """Tell the step of the categories of a column that an imputer, and no more, has changed."""
    (feature,) = source.features
    field = next((field for field in step.signature.fields if field.name == feature), None)
    texts = [value for value in values if isinstance(value, str)]
    if texts and (field is None or field.kind == "category"):
        step.learn(feature, texts)
    if may_raise:
        # The imputer puts something the encoder knows in place of what is missing; folding finds out if not.
        _refuse_unknowns(feature, [*values, None], step, kind)


def _refuse_unknowns(feature: str, values: Sequence[Any], step: Step, kind: str) -> None:
    declared = any(field.name == feature for field in step.signature.fields)
    domain = domain_of(feature, step)
    if not declared or domain is None or domain.open or not set(domain.values) <= set(values):
        step.refuse(
            f"{kind}(handle_unknown='error') of {feature!r}, which can take values it was not fitted on,",
            "set handle_unknown='ignore' or, where it has them, 'infrequent_if_exist' or 'use_encoded_value'",
        )
