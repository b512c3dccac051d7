"""Rows by their content: the same row has the same hash wherever it stands, in whichever file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.training.datasets import Examples, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REFERENCE_ONE_IN = 5
"""One row of so many, by its hash, belongs to the reference; the others are what is checked against it."""


class Parts(NamedTuple):
    """The two parts of a data set that no row is in both of."""

    current: Examples
    reference: Examples


def row_hashes(examples: Examples) -> list[int]:
    """Return 64 bits of the SHA-256 of each row's fields, target and moment, shape (n_rows,).

    The order of the fields in a row does not matter; that of the rows neither.
    """
    moments = [None] * len(examples.rows) if examples.moments is None else map(str, examples.moments)
    # JSON tells 1 from "1" and null from "", as a request does.
    texts = (
        json.dumps([dict(row), target, moment], sort_keys=True, default=repr)
        for row, target, moment in zip(examples.rows, examples.target, moments, strict=True)
    )
    return [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]


def split_parts(examples: Examples) -> Parts:
    """Return the current and the reference part, by the content of each row.

    Rows that are equal come into the same part, and a row comes into the same part in every file.
    """
    belongs = [hashed % REFERENCE_ONE_IN == 0 for hashed in row_hashes(examples)]
    current, reference = ([index for index, is_in in enumerate(belongs) if is_in is part] for part in (False, True))
    return Parts(select(examples, current), select(examples, reference))


def digest(hashes: Iterable[int]) -> str:
    """Return the SHA-256 of rows, whatever their order."""
    return hashlib.sha256("\n".join(f"{hashed:016x}" for hashed in sorted(hashes)).encode()).hexdigest()


def count_shared(hashes: Sequence[int], others: Sequence[int]) -> int:
    """Return how many rows stand on both sides; a row that stands there twice counts as two, if so on both."""
    return (Counter(hashes) & Counter(others)).total()
