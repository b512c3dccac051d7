"""What every head asks of its columns and of the estimators inside it."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.columns import Raw, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def check_numbers(columns: Sequence[Column], step: Step) -> None:
    """Refuse columns on which scikit-learn itself would raise: categories, and missing numbers.

    Raises
    ------
    Unsupported : names the feature.
    """
    fields = {field.name: field for field in step.signature.fields}
    for column in columns:
        field = fields.get(column.feature) if isinstance(column, Raw) else None
        if field is not None and field.kind == "category":
            step.refuse(f"the category {field.name!r} as a number", "put an encoder before it")
        if field is not None and field.missing == "accept":
            step.refuse(f"{field.name!r}, which may be missing,", "put an imputer before it")
        if isinstance(column, Table) and any(isnan(entry) for entry in column.entries.values()):
            step.refuse("a column that is NaN for some values", "put an imputer before it")


def same_classes(inner: Any, n_classes: int, step: Step) -> None:
    """Refuse a member that was fitted on other classes than its ensemble."""
    found = len(getattr(inner, "classes_", range(n_classes)))
    if found != n_classes:
        step.refuse(f"{type(inner).__name__} fitted on {found} of {n_classes} classes", "fit it on all classes")
