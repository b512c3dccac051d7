"""Encoders of categories."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.columns import Raw, Table

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def one_hot(encoder: Any, columns: list[Column], step: Step) -> list[Column]:
    """Return one 0/1 table for each column that a fitted OneHotEncoder makes."""
    infrequent = getattr(encoder, "infrequent_categories_", [None] * len(columns))
    drops = [None] * len(columns) if encoder.drop_idx_ is None else encoder.drop_idx_
    assembled: list[Column] = []
    for column, categories, rare, drop in zip(columns, encoder.categories_, infrequent, drops, strict=True):
        if not isinstance(column, Raw):
            step.refuse("OneHotEncoder of an encoded column", "encode the field itself")
        values = [_value(category) for category in categories]
        if encoder.handle_unknown == "error":
            _refuse_unknowns(column, values, step)
        rares = set() if rare is None else {_value(category) for category in rare}
        dropped = None if drop is None else values[drop]
        assembled += _tables(column.feature, values, rares, dropped, encoder.handle_unknown)
    return assembled


def _tables(feature: str, values: list[Any], rare: set[Any], dropped: Any, handle_unknown: str) -> list[Column]:
    # The frequent categories in order, then all infrequent ones as one: scikit-learn's own order.
    groups = [(value,) for value in values if value not in rare]
    if rare:
        groups.append(tuple(value for value in values if value in rare))
    tables: list[Column] = []
    for group in groups:
        if dropped is not None and dropped in group:
            continue
        is_rare = bool(rare) and group is groups[-1]
        unknown = 1.0 if is_rare and handle_unknown in {"infrequent_if_exist", "warn"} else 0.0
        entries = {value: float(value in group) for value in values}
        tables.append(Table(feature, entries, nan if handle_unknown == "error" else unknown))
    return tables


def _refuse_unknowns(column: Raw, values: list[Any], step: Step) -> None:
    """Refuse an encoder that raises on values which can pass the signature: a scorer cannot raise in its place."""
    field = next((field for field in step.signature.fields if field.name == column.feature), None)
    possible = set(column.domain or ()) if field is None or field.kind != "category" else set(field.categories)
    open_ended = field is None or (field.kind == "category" and field.unknown == "accept") or not possible
    if open_ended or not possible <= set(values):
        step.refuse(
            f"OneHotEncoder(handle_unknown='error') of {column.feature!r}, which can take values it was not fitted on,",
            "set handle_unknown='ignore' or 'infrequent_if_exist'",
        )


def _value(category: Any) -> Any:
    """Return a category as the plain Python value that a row holds."""
    return category.item() if hasattr(category, "item") else category
