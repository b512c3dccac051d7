"""The delay model as it is committed: what moves its answers, what does not, and that company never does."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from challenge_neuralworks.model import Model
from challenge_neuralworks.models.delay import QUARTERS, WEEKDAYS, Delay
from challenge_neuralworks.store.folder import load_model
from tests.making import ROOT

FLIGHT: dict[str, Any] = {
    "OPERA": "Grupo LATAM",
    "TIPOVUELO": "I",
    "SIGLADES": "Miami",
    "DIA-I": 24,
    "MES-I": 7,
    "HORA-I": 18,
    "DIANOM": "Viernes",
}


@pytest.fixture(scope="module")
def delay() -> Model:
    """Return the committed model, as a server loads it."""
    return load_model("delay", str(ROOT / "models" / "delay"))


def _late(model: Model, instance: dict[str, Any]) -> float:
    return model.predict(model.check([instance]).rows[0])[1]


def _instances(model: Model, count: int) -> list[dict[str, Any]]:
    draw = random.Random(5)
    choices = {
        field.name: field.categories or range(int(field.minimum), int(field.maximum) + 1)
        for field in model.signature.fields
    }
    return [{name: draw.choice(values) for name, values in choices.items()} for _ in range(count)]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("OPERA", ("Grupo LATAM", "American Airlines", "Sky Airline", "Plus Ultra Lineas Aereas")),
        ("TIPOVUELO", ("I", "N")),
        ("SIGLADES", ("Miami", "Lima", "Sydney", "Calama")),
        ("MES-I", tuple(range(1, 13))),
        ("HORA-I", tuple(range(24))),
        ("DIANOM", WEEKDAYS),
    ],
)
def test_every_field_of_the_schedule_moves_the_answer(delay: Model, field: str, values: tuple[Any, ...]) -> None:
    """Each value of the field has an answer of its own, all else equal."""
    answers = {_late(delay, {**FLIGHT, field: value}) for value in values}
    assert len(answers) == len(values)
    assert max(answers) - min(answers) > 0.01


def test_the_day_of_the_month_is_checked_and_not_used(delay: Model) -> None:
    """It does not carry over to another year, as the model's card argues; it must be a day all the same."""
    assert len({_late(delay, {**FLIGHT, "DIA-I": day}) for day in range(1, 32)}) == 1
    assert [fault.pointer for fault in delay.signature.faults({**FLIGHT, "DIA-I": 32})] == ["#/DIA-I"]
    card = (ROOT / "docs" / "models" / "delay.md").read_text(encoding="utf-8")
    assert "## Why the day of the month is not used" in card


def test_what_is_known_of_2017_comes_out(delay: Model) -> None:
    """July is later than March, and LATAM's flights abroad later than those at home, as the data say."""
    assert _late(delay, FLIGHT) > 1.5 * _late(delay, {**FLIGHT, "MES-I": 3})
    home = {**FLIGHT, "TIPOVUELO": "N", "SIGLADES": "Calama"}
    assert _late(delay, FLIGHT) > _late(delay, home)


def test_a_row_is_answered_alone_as_in_any_company(delay: Model) -> None:
    """Row alone, in a batch and in a shuffled batch: the same bits."""
    instances = _instances(delay, 300)
    rows = delay.check(instances).rows
    alone = [delay.predict(row) for row in rows]
    order = list(range(len(rows)))
    random.Random(1).shuffle(order)
    assert delay.predict_many(rows) == alone
    assert delay.predict_many([rows[i] for i in order]) == [alone[i] for i in order]


def test_the_input_is_left_as_it_was(delay: Model) -> None:
    """Neither the check nor the features nor the prediction writes to what the caller passed."""
    instance = copy.deepcopy(FLIGHT)
    delay.predict_many(delay.check([instance]).rows)
    Delay.features(instance)
    assert instance == FLIGHT


def test_edges_have_answers(delay: Model) -> None:
    """Midnight, leap day's month, the last of December, a rare city and one never seen: a probability each."""
    edges = [
        {**FLIGHT, "HORA-I": 0},
        {**FLIGHT, "DIA-I": 29, "MES-I": 2},
        {**FLIGHT, "DIA-I": 31, "MES-I": 12, "HORA-I": 23},
        {**FLIGHT, "SIGLADES": "Cochabamba"},
        {**FLIGHT, "SIGLADES": "Atlantis"},
    ]
    assert all(0 < _late(delay, edge) < 1 for edge in edges)


def test_an_unseen_city_is_scored_like_a_rare_one_with_a_warning(delay: Model) -> None:
    """The unknown level is that of cities with hardly a flight: no city's own weight is guessed."""
    checked = delay.check([{**FLIGHT, "SIGLADES": "Atlantis"}])
    assert [warning.code for warning in checked.warnings] == ["unknown-category"]
    assert delay.predict(checked.rows[0]) == delay.predict({**FLIGHT, "SIGLADES": "Cochabamba"})


def test_features_add_the_flight_and_the_shift() -> None:
    """Two categories are derived, from the fields alone."""
    assert Delay.features(FLIGHT) == {**FLIGHT, "FLIGHT": "Grupo LATAM|Miami|18", "SHIFT": "I|Viernes|18-23"}
    assert [QUARTERS[hour] for hour in (0, 5, 6, 11, 12, 17, 18, 23)] == [
        *("0-5", "0-5", "6-11", "6-11", "12-17", "12-17", "18-23", "18-23")
    ]


def test_the_card_states_the_figures_of_the_manifest(delay: Model) -> None:
    """What docs/ says of the model is what was measured when it was trained."""
    card = (ROOT / "docs" / "models" / "delay.md").read_text(encoding="utf-8")
    assert f"from a probability of {delay.threshold:.3f} on" in card
    for split in ("random_split", "time_ordered_split"):
        measured = delay.artifact.manifest.metrics[split]
        names = ("auc", "brier", "log_loss", "threshold", "recall", "precision", "f1")
        assert " | ".join(f"{measured[name]:.3f}" for name in names) in card


def test_the_manifest_holds_the_measured_quality(delay: Model) -> None:
    """What was asked of the recipe stands in its manifest: both splits, recall before F1, equality to sklearn."""
    metrics, trained = delay.artifact.manifest.metrics, delay.artifact.manifest.trained
    assert metrics["random_split"]["auc"] >= 0.70
    assert metrics["time_ordered_split"]["auc"] >= 0.66
    assert metrics["random_split"]["recall"] > 0.60
    assert metrics["random_split"]["f1"] > 0.35
    assert metrics["export"]["max_difference"] <= 1e-12
    assert (trained["data"]["rows"], trained["seed"]) == (68_206, 42)
