"""Reading flights: from the schedule alone, strictly late, and with the line of whatever cannot be read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.signature import Field, Row
from challenge_neuralworks.training.datasets import Examples, read_flights
from challenge_neuralworks.training.sample import COLUMNS, sample_rows
from challenge_neuralworks.training.signing import learn_signature

FLIGHT = {
    **dict.fromkeys(COLUMNS, "x"),
    "Fecha-I": "2017-12-31 23:50:00",
    "Fecha-O": "2018-01-01 00:05:00",
    "TIPOVUELO": "I",
    "OPERA": "Grupo LATAM",
    "SIGLADES": "Miami",
}


def _write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_row_states_the_schedule(tmp_path: Path) -> None:
    """A flight planned for 31 December that left on 1 January is a flight of 31 December, a Sunday, 23 h."""
    (row,) = read_flights(_write(tmp_path / "f.csv", FLIGHT)).rows
    assert row == {
        "OPERA": "Grupo LATAM",
        "TIPOVUELO": "I",
        "SIGLADES": "Miami",
        "DIA-I": 31,
        "MES-I": 12,
        "HORA-I": 23,
        "DIANOM": "Domingo",
    }


@pytest.mark.parametrize(
    ("left", "late"),
    [("2018-01-01 00:05:00", 0), ("2018-01-01 00:05:01", 1), ("2018-01-01 00:06:00", 1), ("2017-12-31 23:40:00", 0)],
)
def test_late_is_more_than_fifteen_minutes(tmp_path: Path, left: str, late: int) -> None:
    """The fifteenth minute is not late; what follows it is."""
    assert read_flights(_write(tmp_path / "f.csv", {**FLIGHT, "Fecha-O": left})).target == [late]


def test_the_actual_departure_reaches_no_feature(tmp_path: Path) -> None:
    """Whatever DIA, MES, AÑO, DIANOM and the operated columns hold, and whenever it left, features stay the same."""
    rows = sample_rows(200, seed=1)
    leaked = [
        {**row, "DIA": "99", "MES": "0", "AÑO": "", "DIANOM": "?", "Vlo-O": "", "Des-O": "", "Emp-O": "", "Ori-O": ""}
        | {"Fecha-O": "2017-06-15 12:00:00"}
        for row in rows
    ]
    honest, changed = _write(tmp_path / "a.csv", *rows), _write(tmp_path / "b.csv", *leaked)
    assert read_flights(honest).rows == read_flights(changed).rows


def test_the_real_file_has_its_known_delays(real_examples: Examples) -> None:
    """68,206 flights, 12,614 of them late: the label is the one that the file's description counts."""
    assert (len(real_examples.target), sum(real_examples.target)) == (68_206, 12_614)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Fecha-I": "31/12/2017 23:50"}, "line 3: Fecha-I '31/12/2017 23:50' is no date"),
        ({"Fecha-O": ""}, "line 3: Fecha-O '' is no date"),
        ({"SIGLADES": " "}, "line 3: SIGLADES is empty"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, change: dict[str, str], message: str
) -> None:
    """The message leads to the line of the file, counted as an editor counts."""
    with pytest.raises(DataError, match=message):
        read_flights(_write(tmp_path / "f.csv", FLIGHT, {**FLIGHT, **change}))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """The message says which column is missing and which are there."""
    rest = {name: value for name, value in FLIGHT.items() if name not in {"OPERA", "Fecha-O"}}
    with pytest.raises(DataError, match=r"column OPERA, Fecha-O is missing; it has Fecha-I, Vlo-I"):
        read_flights(_write(tmp_path / "f.csv", rest))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'Fecha-I,OPERA\n"never closed'])
def test_what_is_no_csv_in_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no table are one clear error that names the file."""
    (tmp_path / "f.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"f\.csv: "):
        read_flights(tmp_path / "f.csv")


def test_a_header_alone_and_no_file_at_all_are_refused(tmp_path: Path) -> None:
    """There is nothing to learn from either."""
    header = ",".join(FLIGHT) + "\n"
    (tmp_path / "f.csv").write_text(header, encoding="utf-8")
    with pytest.raises(DataError, match="no rows"):
        read_flights(tmp_path / "f.csv")
    with pytest.raises(DataError, match="No such file"):
        read_flights(tmp_path / "g.csv")


def test_categories_are_learned_and_the_rest_is_held_to_the_declaration() -> None:
    """Airlines and cities come from the data, sorted; a kind of flight that no request may state is a fault."""
    rows = [{**_example(), "OPERA": name} for name in ("B", "A", "B")]
    signature = learn_signature(Delay.fields, rows)
    assert signature.fields[0].categories == ("A", "B")
    # The declared example does not occur here, and an example must pass the check.
    assert signature.fields[0].example == "B"
    with pytest.raises(DataError, match=r"line 3: #/TIPOVUELO: 'X' is unknown"):
        learn_signature(Delay.fields, [rows[0], {**rows[1], "TIPOVUELO": "X"}])


def test_a_number_may_be_missing_where_its_field_says_so() -> None:
    """In training as in a request; elsewhere the line is named."""
    fields = (Field("size", "number", "", 1.5, "", 0, 9, missing="accept"), Field("age", "integer", "", 3, "", 0, 9))
    rows: list[Row] = [{"size": 2.5, "age": 1}, {"size": None, "age": 2}]
    assert learn_signature(fields, rows).names == ("size", "age")
    with pytest.raises(DataError, match="line 4: #/age: null"):
        learn_signature(fields, [*rows, {"size": 1.0, "age": None}])


def _example() -> dict[str, int | float | str]:
    """Return the example of every field."""
    return {field.name: field.example for field in Delay.fields}
