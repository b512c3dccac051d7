"""Leaks: columns of the future by name, rows on both sides, and a feature that knows the answer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models import model_class
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.checks import Leak, refuse_leaks, shared_rows, single_features
from challenge_neuralworks.training.datasets import Examples, census, flights, select
from challenge_neuralworks.training.declarations import read_declaration
from tests.making import ROOT
from tests.training.checks.planting import disguise

READERS = {"delay": flights.FEATURE_COLUMNS, "income": census.FEATURE_COLUMNS}
LATE = ("Fecha-O", "Vlo-O", "Ori-O", "Des-O", "Emp-O", "DIA", "MES", "AÑO", "DIANOM")


@pytest.mark.parametrize("name", READERS)
def test_the_readers_make_features_of_what_is_known(name: str) -> None:
    """No column that a feature is made of tells the future, and each is declared."""
    refuse_leaks(READERS[name], read_declaration(name, ROOT / "data"))


@pytest.mark.parametrize("column", LATE)
def test_the_actual_departure_is_refused_by_name(column: str) -> None:
    """Though a request has a DIANOM, the file's DIANOM is that of the departure: reading it is a leak."""
    assert "DIANOM" in {field.name for field in model_class("delay").fields}
    with pytest.raises(Leak, match=rf"features of delay .* but {column} is not known before it"):
        refuse_leaks([*READERS["delay"], column], read_declaration("delay", ROOT / "data"))


@pytest.mark.parametrize("column", ["fnlwgt", "salary"])
def test_what_nobody_can_state_is_refused_by_name(column: str) -> None:
    """The survey's weight and the answer itself are no features of a person."""
    with pytest.raises(Leak, match=f"{column} is not known before it"):
        refuse_leaks([*READERS["income"], column], read_declaration("income", ROOT / "data"))


def test_every_leak_is_named_and_so_is_what_nobody_declared() -> None:
    """One message tells all, and carries the names."""
    with pytest.raises(Leak) as caught:
        refuse_leaks(["DIA", "MES", "OPERA", "Altitude", "DIA"], read_declaration("delay", ROOT / "data"))
    assert (caught.value.columns, caught.value.unknown) == (("DIA", "MES"), ("Altitude",))
    assert "DIA, MES are not known before it; Altitude is not declared (see data/delay.toml)" in str(caught.value)


def test_when_a_column_is_known_is_one_of_three(tmp_path: Path) -> None:
    """A misspelt answer must not pass for the harmless one."""
    text = (ROOT / "data" / "income.toml").read_text(encoding="utf-8").replace('"never"', '"nevr"')
    (tmp_path / "income.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="known of fnlwgt must be one of before, after, never"):
        read_declaration("income", tmp_path)


def test_rows_of_the_test_set_in_the_training_set_are_counted(flights: Examples) -> None:
    """Ten rows copied across are ten too many; a split without copies has none but those that coincide anyway."""
    train, test = select(flights, range(4_000)), select(flights, range(4_000, 5_000))
    honest = shared_rows(train, test)
    leaked = shared_rows(train, select(flights, [*range(4_000, 5_000), *range(10)]))
    assert leaked.found == honest.found + 10
    assert shared_rows(train, train).found == 4_000


def test_what_is_normal_is_not_too_much() -> None:
    """Where people coincide, a share of the test set may; what is beyond it is the excess."""
    rows: list[Row] = [{"age": age} for age in range(100)]
    train, test = Examples(rows, [0] * 100), Examples(rows[90:] + [{"age": age} for age in range(200, 290)], [0] * 100)
    assert shared_rows(train, test, 0.1) == (10, 10, 0)
    assert shared_rows(train, test, 0.04) == (10, 4, 6)


@pytest.mark.parametrize(("name", "classes"), [("sex", ("Male", "Female")), ("age", (20, 60)), ("new", ("n", "y"))])
def test_the_target_in_disguise_is_found(census: Examples, name: str, classes: tuple[object, object]) -> None:
    """As a category, a number, or a column that nobody declared: an AUC of 1 is too good to be true."""
    found = {finding.column: finding for finding in single_features(disguise(census, name, classes), bound=0.9)}
    assert [column for column, finding in found.items() if not finding.passed] == [name]
    assert found[name].figures["auc"] == 1.0
    assert f"AUC of {1:.3f} (at most 0.9)" in found[name].detail


def test_a_number_that_knows_almost_all_is_found() -> None:
    """A number of many values is cut into bins, also one that rises and falls with the target, or is missing."""
    draw = random.Random(5)
    target = [int(draw.random() < 0.3) for _ in range(4_000)]
    rows = [{"far": draw.gauss(0, 1) * (5 if one else 0.2), "noise": draw.gauss(0, 1)} for one in target]
    rows[7]["far"] = None  # type: ignore[assignment]
    found = {finding.column: finding.figures["auc"] for finding in single_features(Examples([*rows], target), 0.9)}
    assert found["far"] > 0.9
    assert found["noise"] == pytest.approx(0.5, abs=0.05)


def test_a_name_of_its_own_for_each_row_knows_nothing() -> None:
    """What is measured on unseen rows cannot be learned by heart."""
    draw = random.Random(5)
    rows = [{"id": str(number)} for number in range(2_000)]
    (finding,) = single_features(Examples([*rows], [draw.randrange(2) for _ in rows]), 0.9)
    assert finding.figures["auc"] == 0.5


def test_one_class_alone_is_not_measured() -> None:
    """There is nothing to rank, and nothing to fail: the schema has the share of each class."""
    (finding,) = single_features(Examples([{"a": 1}, {"a": 2}], [0, 0]), 0.9)
    assert finding.passed
    assert "not measured" in finding.detail
