"""What a signature lets through, for assemblers that must refuse what scikit-learn would raise on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from challenge_neuralworks.training.export.columns import UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source


def field_of(source: Source, step: Step) -> Field | None:
    """Return the field that a column is, as it came or only shifted and scaled; None of any other column."""
    if len(source.features) != 1 or not (source.raw or source.affine is not None):
        return None
    (feature,) = source.features
    return next((field for field in step.signature.fields if field.name == feature), None)


def refuse_missing(sources: Sequence[Source], step: Step, kind: str) -> None:
    """Refuse a transformer that raises on missing values over fields that may be missing."""
    fields = [field_of(source, step) for source in sources]
    missing = [field.name for field in fields if field is not None and field.missing == "accept"]
    if missing:
        step.refuse(f"{kind} of {missing}, which may be missing,", "put an imputer before it")


def bounds_of(source: Source, step: Step) -> tuple[float, float] | None:
    """Return the bounds of an untouched field; None of any other column."""
    field = field_of(source, step)
    if field is None or source.affine != UNCHANGED:
        return None
    return field.minimum, field.maximum


def missing_category() -> Any:
    """Return what pandas makes of a missing category in a frame: None, or NaN since pandas 3."""
    rows: list[dict[str, Any]] = [{"category": ""}, {"category": None}]
    return pd.DataFrame.from_records(rows)["category"].iloc[1]


def floats(values: Any) -> list[float]:
    """Return an array's numbers as Python's own."""
    return [float(value) for value in values]
