"""Instances at the edges of a signature: where an export that is almost right goes wrong."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from challenge_neuralworks.signature import Field, Row, Signature, Value

WIDEST_LISTED = 1_000
"""Values of an integer that are all listed; of a wider one, those near its bounds and 0 are."""

UNSEEN = ("Atlantis", "", "ñandú ⚡", "infrequent_sklearn", "nan", "None")
"""Categories that no training data hold, some of which a careless encoder takes for its own."""

NUMBERS = (-1e9, -1.0, -1e-9, 0.0, 1e-9, 0.5, 1.0, 1e9)
"""Where a number has no bounds: large enough to saturate a probability, and small enough to vanish in a sum."""


def edge_rows(signature: Signature, mixed: int = 1_000, seed: int = 0) -> list[Row]:
    """Return rows that pass the signature: each edge of each field alone, then edges of all fields mixed at random.

    Parameters
    ----------
    mixed : rows with a random edge in every field.
    """
    example = signature.example()
    edges = {field.name: edge_values(field) for field in signature.fields}
    alone: list[Row] = [{**example, name: value} for name, values in edges.items() for value in values]
    draw = random.Random(seed)  # noqa: S311 - test data, no secret.
    return alone + [{name: draw.choice(values) for name, values in edges.items()} for _ in range(mixed)]


def edge_values(field: Field) -> list[Value]:
    """Return every category (and unseen ones, where accepted), or the bounds of a number and what lies between."""
    missing: list[Value] = [None] if field.missing == "accept" else []
    if field.kind == "category":
        return [*field.categories, *(UNSEEN if field.unknown == "accept" else ()), *missing]
    if field.kind == "integer" and field.maximum - field.minimum < WIDEST_LISTED:
        return [*range(int(field.minimum), int(field.maximum) + 1), *missing]
    bounds = [bound for bound in (field.minimum, field.maximum) if abs(bound) < LARGEST]
    inside = [number for number in (*bounds, *NUMBERS) if field.minimum <= number <= field.maximum]
    return [*(map(int, inside) if field.kind == "integer" else inside), *missing]
