"""The signature of a model as its training data complete it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import DataError, InvalidInstances
from challenge_neuralworks.signature import Signature
from challenge_neuralworks.training.datasets import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from challenge_neuralworks.signature import Field, Row


def learn_signature(fields: Iterable[Field], rows: Sequence[Row]) -> Signature:
    """Return a signature whose undeclared categories are those of the rows, sorted.

    Raises
    ------
    DataError : a row breaks the signature that requests will be held to; names the first such line and its faults.
    """
    signature = Signature(_learned(field, rows) for field in fields)
    for index, row in enumerate(rows):
        # An inexact spelling would be read as a category at the request, so it must not become a level here.
        # A number that is missing where it may be takes the longer path, and nothing is noted of it.
        if not signature.is_exact(row) and (reason := _reason(signature, row)):
            raise DataError(f"line {line_of(index)}: {reason}")
    return signature


def _learned(field: Field, rows: Sequence[Row]) -> Field:
    if field.kind != "category" or field.categories:
        return field
    counts = Counter(str(row[field.name]) for row in rows if row[field.name] is not None)
    # A subset of the data may not hold the declared example, and an example must pass the check.
    example = field.example if field.example in counts else counts.most_common(1)[0][0]
    return field._replace(categories=tuple(sorted(counts)), example=example)


def _reason(signature: Signature, row: Row) -> str:
    try:
        noted = signature.check([row]).warnings
    except InvalidInstances as error:
        noted = error.faults
    return "; ".join(f"{fault.pointer}: {fault.detail}" for fault in noted)
