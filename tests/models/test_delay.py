"""The delay model as it is committed: what moves its answers, what does not, and that company never does."""

from __future__ import annotations

import copy
import datetime as dt
import math
import random
from typing import Any

import pytest

from challenge_neuralworks.model import Model
from challenge_neuralworks.models.delay import DAYS_BEFORE, LAST_WEEK, WEEKDAYS, Delay
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
from challenge_neuralworks.scorers.pairs import PairScorer
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


def test_the_day_of_the_month_counts_by_its_week(delay: Model) -> None:
    """A week carries a season, a day only its own noise: days of one week are answered alike, of others otherwise."""
    answers: dict[object, set[float]] = {}
    for day in range(1, 32):
        instance = {**FLIGHT, "DIA-I": day}
        answers.setdefault(Delay.features(instance)["WEEK"], set()).add(_late(delay, instance))
    assert [len(found) for found in answers.values()] == [1] * 6
    assert len(set.union(*answers.values())) > 1
    assert [fault.pointer for fault in delay.signature.faults({**FLIGHT, "DIA-I": 32})] == ["#/DIA-I"]


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


def test_an_unseen_city_is_scored_with_a_warning_and_whatever_its_name(delay: Model) -> None:
    """All cities that were never seen are one to the model: nothing is guessed from a name."""
    checked = delay.check([{**FLIGHT, "SIGLADES": city} for city in ("Atlantis", "Zanzibar", "Aachen")])
    assert {warning.code for warning in checked.warnings} == {"unknown-category"}
    assert len({delay.predict(row) for row in checked.rows}) == 1


def test_the_week_is_counted_from_the_first_of_january() -> None:
    """Seven days each, from 0, the last has eight; it is the one feature that the fields do not state themselves."""
    assert Delay.features(FLIGHT) == {**FLIGHT, "WEEK": 29}
    days = [dt.date(2017, 1, 1) + dt.timedelta(days=day) for day in range(365)]
    weeks = [Delay.features({**FLIGHT, "DIA-I": day.day, "MES-I": day.month})["WEEK"] for day in days]
    assert weeks == [min(number // 7, LAST_WEEK) for number in range(365)]
    assert weeks.count(LAST_WEEK) == 8
    assert list(DAYS_BEFORE) == [number for number, day in enumerate(days) if day.day == 1]
    assert Delay.features({**FLIGHT, "DIA-I": 29, "MES-I": 2})["WEEK"] == 8


def test_the_model_is_a_sum_of_pairs_that_is_explained(delay: Model) -> None:
    """No leaf asks three fields, so that every answer is a sum over fields and pairs of them."""
    scorer = delay.artifact.scorer
    assert isinstance(scorer, ExplainedScorer)
    assert isinstance(scorer.scorer, PairScorer)
    assert isinstance(scorer.explainer, PairExplainer)
    told = scorer.explainer.explain(Delay.features(FLIGHT))
    assert told.base + sum(told.contributions.values()) == pytest.approx(told.score, abs=1e-9)
    assert 1 / (1 + math.exp(-told.score)) == pytest.approx(_late(delay, FLIGHT), abs=1e-12)


def test_the_card_states_the_figures_of_the_manifest(delay: Model) -> None:
    """What docs/ says of the model is of this model, and the splits' figures are those that training measured."""
    card = (ROOT / "docs" / "models" / "delay.md").read_text(encoding="utf-8")
    assert f"Version `{delay.version}`" in card
    assert f"The label is 1 from a probability of {delay.threshold:.3f} on" in card
    for split in ("random_split", "time_ordered_split"):
        measured = delay.artifact.manifest.metrics[split]
        lines = [line for line in card.splitlines() if line.startswith(f"| {split.replace('_', ' ')} |")][:2]
        # Of each cell the value, without its interval.
        shown = [[cell.strip().partition(" ")[0] for cell in line.strip("|").split("|")[1:]] for line in lines]
        names = ("auc", "average_precision", "brier", "log_loss", "ece")
        assert shown[0] == [f"{measured['rows']:,}", *(f"{measured[name]:.3f}" for name in names)]
        labelled = ("threshold", "recall", "precision", "f1", "accuracy", "base_rate", "mean_p")
        assert shown[1] == [f"{measured[name]:.3f}" for name in labelled]


def test_the_manifest_holds_the_measured_quality(delay: Model) -> None:
    """What was asked of the recipe stands in its manifest: both splits, recall before F1, equality to sklearn."""
    metrics, trained = delay.artifact.manifest.metrics, delay.artifact.manifest.trained
    assert metrics["random_split"]["auc"] >= 0.73
    assert metrics["time_ordered_split"]["auc"] >= 0.67
    assert metrics["random_split"]["recall"] > 0.60
    assert metrics["random_split"]["f1"] > 0.35
    assert metrics["export"]["max_difference"] <= 1e-12
    assert (trained["data"]["rows"], trained["seed"]) == (68_206, 42)
