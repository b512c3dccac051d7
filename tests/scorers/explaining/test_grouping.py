"""Shares of derived features go back to the fields that they were made of."""

from __future__ import annotations

import pytest

from challenge_neuralworks.scorers.explaining.grouping import group
from tests.scorers.explaining import brute

PARENTS = {"FLIGHT": ("OPERA", "SIGLADES", "HORA-I"), "SHIFT": ("TIPOVUELO", "DIANOM", "HORA-I")}


def test_derived_shares_are_split_equally() -> None:
    """A field has its own share and an equal part of each that was derived from it; nothing is lost."""
    given = {"OPERA": 1.0, "HORA-I": 0.5, "MES-I": 0.0, "FLIGHT": 3.0, "SHIFT": -0.75}
    grouped = group(given, PARENTS)
    assert grouped == {
        "OPERA": 2.0,
        "HORA-I": 1.25,
        "MES-I": 0.0,
        "SIGLADES": 1.0,
        "TIPOVUELO": -0.25,
        "DIANOM": -0.25,
    }
    assert sum(grouped.values()) == pytest.approx(sum(given.values()))
    assert given["FLIGHT"] == 3.0


def test_equal_parts_are_shapley_values() -> None:
    """A sum over all sets of fields, a derived term counting only once all its parents are known, gives the same."""
    fields = ("OPERA", "SIGLADES", "HORA-I", "TIPOVUELO", "DIANOM")
    terms = {"OPERA": 0.7, "HORA-I": -1.1, "FLIGHT": 1.3, "SHIFT": -0.4}

    def value(known: frozenset[int]) -> float:
        names = {fields[i] for i in known}
        return sum(share for term, share in terms.items() if names.issuperset(PARENTS.get(term, (term,))))

    grouped = group(terms, PARENTS)
    assert [grouped[field] for field in fields] == pytest.approx(brute.shapley(value, len(fields)), abs=1e-12)


def test_a_model_without_derived_features_is_left_alone() -> None:
    """No parents, no change; a derived feature that no one asked adds 0.0 to its parents."""
    assert group({"x": 1.0}, {}) == {"x": 1.0}
    assert group({"x": 1.0}, {"xy": ("x", "y")}) == {"x": 1.0, "y": 0.0}
