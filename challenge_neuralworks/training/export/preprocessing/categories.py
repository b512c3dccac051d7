"""Assemblers of encoders of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.stages.categories import CategoryTables
from challenge_neuralworks.training.export.columns import Assembled, Source
from challenge_neuralworks.training.export.folding import domain_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step


def one_hot(encoder: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted OneHotEncoder as tables of 0 and 1."""
    infrequent = getattr(encoder, "infrequent_categories_", [None] * len(sources))
    drops = [None] * len(sources) if encoder.drop_idx_ is None else encoder.drop_idx_
    tables: list[Any] = []
    made: list[Source] = []
    for source, categories, rare, drop in zip(sources, encoder.categories_, infrequent, drops, strict=True):
        values = [plain(category) for category in categories]
        note_categories(source, values, step, may_raise=encoder.handle_unknown == "error", kind="OneHotEncoder")
        rares = [] if rare is None else [plain(category) for category in rare]
        dropped = None if drop is None else (values[drop],)
        groups = [group for group in _groups(values, rares) if dropped is None or dropped[0] not in group]
        is_rare = [bool(rares) and set(group) == set(rares) for group in groups]
        takes_unknown = encoder.handle_unknown in {"infrequent_if_exist", "warn"}
        entries = {value: tuple(float(value in group) for group in groups) for value in values}
        tables.append((entries, tuple(float(takes_unknown and one) for one in is_rare)))
        made += [Source(source.features, None, encoded=True)] * len(groups)
    return Assembled(CategoryTables(tables), tuple(made))


def note_categories(source: Source, values: Sequence[Any], step: Step, *, may_raise: bool, kind: str) -> None:
    """Tell the step which categories an encoder of a feature knows.

    Raises
    ------
    Unsupported : the encoder raises on values that pass the signature; a scorer cannot raise in its place.
    """
    if source.raw:
        (feature,) = source.features
        step.learn(feature, values)
        if may_raise:
            _refuse_unknowns(feature, values, step, kind)
    elif may_raise:
        step.refuse(f"{kind}(handle_unknown='error') of a computed column", "set handle_unknown to something else")


def plain(category: Any) -> Any:
    """Return a category as the plain Python value that a row holds; NaN as None."""
    value = category.item() if hasattr(category, "item") else category
    return None if value != value else value  # noqa: PLR0124 - NaN


def _groups(values: Sequence[Any], rares: Sequence[Any]) -> list[tuple[Any, ...]]:
    # The frequent categories in order, then all infrequent ones as one: scikit-learn's own order.
    groups: list[tuple[Any, ...]] = [(value,) for value in values if value not in rares]
    return [*groups, tuple(rares)] if rares else groups


def _refuse_unknowns(feature: str, values: Sequence[Any], step: Step, kind: str) -> None:
    declared = any(field.name == feature for field in step.signature.fields)
    domain = domain_of(feature, step)
    if not declared or domain is None or domain.open or not set(domain.values) <= set(values):
        step.refuse(
            f"{kind}(handle_unknown='error') of {feature!r}, which can take values it was not fitted on,",
            "set handle_unknown='ignore' or, where it has them, 'infrequent_if_exist' or 'use_encoded_value'",
        )
