"""The made-up sample: the declared columns, the known quirks, the same bytes each time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from challenge_neuralworks.models.delay import WEEKDAYS
from challenge_neuralworks.training.declarations import read_declaration
from challenge_neuralworks.training.sample import COLUMNS, sample_rows, write_sample
from tests.making import ROOT

ROWS = sample_rows(5_000, seed=7)


def _delay_minutes(row: dict[str, str]) -> float:
    planned, left = (datetime.fromisoformat(row[name]) for name in ("Fecha-I", "Fecha-O"))
    return (left - planned).total_seconds() / 60


def test_columns_are_those_declared() -> None:
    """The sample, the declaration and the rows name the same columns in the same order."""
    declared = tuple(column.name for column in read_declaration("delay", ROOT / "data").columns)
    assert COLUMNS == declared == tuple(ROWS[0])


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """A sample can be made again anywhere; another seed makes another."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_sample(tmp_path / name, rows=150, seed=seed)
    contents = [(tmp_path / name).read_bytes() for name in "abc"]
    assert contents[0] == contents[1] != contents[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]
    assert contents[0].count(b"\n") == 151
    assert contents[0].count(b"\r") == 0


def test_every_airline_and_city_occurs() -> None:
    """As in the real file: 23 airlines, 62 destinations, some of them rare."""
    cities = Counter(row["SIGLADES"] for row in ROWS)
    assert (len({row["OPERA"] for row in ROWS}), len(cities)) == (23, 62)
    assert sum(count < 10 for count in cities.values()) >= 5


def test_date_columns_describe_the_actual_departure() -> None:
    """DIA, MES, AÑO and DIANOM come from Fecha-O, which now and then is another day than Fecha-I."""
    for row in ROWS:
        left = datetime.fromisoformat(row["Fecha-O"])
        expected = [str(left.day), str(left.month), str(left.year), WEEKDAYS[left.weekday()]]
        assert [row["DIA"], row["MES"], row["AÑO"], row["DIANOM"]] == expected
    assert sum(row["Fecha-I"][:10] != row["Fecha-O"][:10] for row in ROWS) >= 10


def test_flight_numbers_are_as_untidy_as_the_real_ones() -> None:
    """One operated number is missing, and some have a needless decimal."""
    operated = [row["Vlo-O"] for row in ROWS]
    assert operated.count("") == 1
    assert 0.05 < sum(number.endswith(".0") for number in operated) / len(operated) < 0.08


def test_delays_look_like_delays() -> None:
    """About a fifth are late, none by hours, some by exactly the 15 minutes that do not count, July more than March."""
    minutes = [_delay_minutes(row) for row in ROWS]
    late = {month: [m > 15 for m, row in zip(minutes, ROWS, strict=True) if row["MES"] == month] for month in "37"}
    assert 0.15 < sum(m > 15 for m in minutes) / len(minutes) < 0.23
    assert -14 <= min(minutes) <= max(minutes) <= 161
    assert 15 in minutes
    assert sum(late["7"]) / len(late["7"]) > 1.5 * sum(late["3"]) / len(late["3"])


def test_no_row_is_a_real_flight(real_file: Path) -> None:
    """The sample is made up: not one of its rows, its flight numbers apart, stands in the real file."""
    lines = real_file.read_text(encoding="utf-8").splitlines()[1:]
    real = {(cells[0], cells[3], cells[4], cells[5]) for cells in (line.split(",") for line in lines)}
    made = [(row["Fecha-I"], row["Des-I"], row["Emp-I"], row["Fecha-O"]) for row in ROWS]
    # Popular routes leave daily at round times, so that a handful coincide by chance.
    assert sum(row in real for row in made) / len(made) < 0.01


@pytest.mark.parametrize("rows", [1, 2, 119])
def test_a_sample_has_as_many_rows_as_asked_for(rows: int) -> None:
    """Also fewer than there are routes."""
    assert len(sample_rows(rows, seed=3)) == rows
