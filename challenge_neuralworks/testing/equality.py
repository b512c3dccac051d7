"""Checks that a scorer gives its estimator's predictions; each asks other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.testing import subject as rows_of
from challenge_neuralworks.testing.report import CheckFailed, NothingToCheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.testing.subject import Subject


def equal_on_the_data(subject: Subject) -> str:
    """Every row of the data is predicted as the estimator predicts it."""
    return compare(subject, subject.rows)


def equal_at_the_edges(subject: Subject) -> str:
    """So are rows at the bounds of each field, and all categories that it declares."""
    return compare(subject, rows_of.edges(subject))


def equal_on_unseen_categories(subject: Subject) -> str:
    """So are categories that no data hold, where the signature accepts them."""
    return compare(subject, rows_of.with_unseen(subject))


def equal_on_missing_values(subject: Subject) -> str:
    """So are missing values, where the signature accepts them."""
    return compare(subject, rows_of.with_missing(subject))


def equal_on_huge_and_tiny_numbers(subject: Subject) -> str:
    """So are numbers that overflow, saturate or vanish, where the signature's bounds let them through."""
    rows = rows_of.with_huge_and_tiny(subject)
    taken = _taken(subject, rows)
    # A tree of scikit-learn's raises on what is infinite as a float32; there is no answer to be equal to.
    left_out = len(rows) - len(taken)
    if not taken:
        raise NothingToCheck(f"the estimator raises on all {left_out} rows")
    return compare(subject, taken) + (f"; {left_out} on which the estimator raises left out" if left_out else "")


def compare(subject: Subject, rows: Sequence[Row]) -> str:
    """Return the largest difference as evidence.

    Raises
    ------
    CheckFailed : a row differs by more than the tolerance; shows the worst one and both predictions.
    """
    expected = _expected(subject, rows)
    computed = np.asarray(subject.predict_many(rows), dtype=np.float64)
    if expected.shape != computed.shape:
        raise CheckFailed(f"the estimator's predictions have shape {expected.shape}, the scorer's {computed.shape}")
    differences = difference(expected, computed).max(axis=1)
    # argmax returns the first NaN where there is one, and a NaN is over any tolerance.
    worst = int(differences.argmax())
    over = int((~(differences <= subject.tolerance)).sum())
    if over:
        raise CheckFailed(
            f"{over} of {len(rows)} rows differ by up to {differences[worst]:.3g} (allowed: {subject.tolerance:.3g}); "
            f"{dict(rows[worst])} is {expected[worst].tolist()} to the estimator and {computed[worst].tolist()} to the "
            "scorer"
        )
    return f"{len(rows)} rows, largest difference {differences[worst]:.2g}"


def difference(expected: Any, computed: Any) -> Any:
    """Return how far predictions are apart, of values beyond 1 relative to them; 0 where both are the same."""
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(expected - computed) / np.maximum(1.0, np.abs(expected))
    # An infinity less itself is no number, and still the same answer.
    return np.where((expected == computed) | (np.isnan(expected) & np.isnan(computed)), 0.0, apart)


def _taken(subject: Subject, rows: list[Row]) -> list[Row]:
    """Return the rows that the estimator predicts: of a batch with one that it does not, each half by itself."""
    try:
        _expected(subject, rows)
    except CheckFailed:
        half = len(rows) // 2
        return [*_taken(subject, rows[:half]), *_taken(subject, rows[half:])] if half else []
    return rows


def _expected(subject: Subject, rows: Sequence[Row]) -> Any:
    if subject.expected is None:
        raise NothingToCheck("there is no estimator to compare with")
    try:
        return np.asarray(subject.expected(rows), dtype=np.float64)
    except Exception as error:
        raise CheckFailed(
            f"the estimator itself raises on rows that the signature accepts, {type(error).__name__}: {error}; "
            "narrow the signature, or fit an estimator that takes them"
        ) from error
