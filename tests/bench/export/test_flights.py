from __future__ import annotations

from typing import TYPE_CHECKING

from bench.export import flights as module
from bench.export.flights import CATEGORIES, INTEGERS, Flights, flights

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_flight_passes_its_signature(few_flights: Flights) -> None:
    """Nobody is asked what the scorer would not be asked; no name has a hyphen."""
    assert few_flights.signature.names == (*CATEGORIES, *INTEGERS)
    checked = few_flights.signature.check(few_flights.rows)
    assert (list(checked.rows), checked.warnings) == (few_flights.rows, ())
    assert set(few_flights.late) == {0, 1}


def test_where_there_is_no_file_flights_are_generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same each time, and are called generated."""
    monkeypatch.setattr(module, "GENERATED", 300)
    first, second = (flights(tmp_path / "absent.csv") for _ in range(2))
    assert first.origin == "300 generated flights"
    assert (first.rows, first.late) == (second.rows, second.late)


def test_a_file_of_flights_is_called_real(few_flights: Flights) -> None:
    """The page says which flights its figures are of."""
    assert few_flights.origin == "1,200 real flights"
    assert len(few_flights.rows) == len(few_flights.late) == 1_200
