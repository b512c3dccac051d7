"""What is sent: thousands of different requests, some of them bad, each with the answer that the handler gives."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.model import Model
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store import FolderStore
from challenge_neuralworks.training.datasets import read_flights
from challenge_neuralworks.training.sample import write_sample
from stress_test.answers import FOLDER, known_answers, make_answers
from stress_test.checking import difference, failure
from stress_test.exchanges import RIGHT_KEY
from stress_test.rows import draw_rows
from stress_test.traffic import KINDS, draw_traffic
from tests.making import DOCUMENTED, Context, rest_event
from tests.stress_test.running import MODELS

STORE = FolderStore(str(MODELS))


@cache
def rows(name: str, count: int = 400) -> tuple[Any, ...]:
    """Return made-up rows of a committed model."""
    return tuple(draw_rows(STORE.get(name), count, 1, folders=()))


def traffic() -> dict[str, list[Any]]:
    """Draw traffic of both committed models."""
    models = [STORE.get(name) for name in STORE.names()]
    return draw_traffic(models, {model.name: rows(model.name) for model in models}, 1)


def test_the_same_seed_draws_the_same() -> None:
    """A run can be repeated."""
    assert traffic() == traffic()


def test_flights_are_many() -> None:
    """Thousands of different flights, all of which are taken as they stand."""
    made_up = rows("delay", 5_000)
    assert len({json.dumps(row) for row in made_up}) == len(made_up) > 4_000
    assert all(STORE.get("delay").signature.is_exact(row) for row in made_up)


def test_real_flights_are_preferred(tmp_path: Path) -> None:
    """Where the data set is, its rows are sent and no others; a folder without it is passed over."""
    (tmp_path / "data").mkdir()
    write_sample(tmp_path / "data" / "dataset_SCL.csv", 300, 7)
    there = read_flights(tmp_path / "data" / "dataset_SCL.csv").rows
    drawn = draw_rows(STORE.get("delay"), 5_000, 1, folders=(tmp_path / "none", tmp_path / "data"))
    assert len(drawn) > 200
    assert all(row in there for row in drawn)


def test_every_kind_and_every_fault_is_sent() -> None:
    """Good ones, and each way to be wrong."""
    drawn = traffic()
    assert set(drawn) == set(KINDS)
    names = {exchange.name for kind in KINDS for exchange in drawn[kind]}
    faults = {"missing field", "unknown field", "unknown category", "out of range", "no JSON", "bad parameter"}
    assert {f"bad: {fault}" for fault in faults | {"wrong model"}} <= names
    assert {"none key", "wrong key", "batch delay", "explain income", "protocol delay", "golden delay"} <= names
    sizes = [len(json.loads(exchange.body)["instances"]) for exchange in drawn["batch"]]
    assert min(sizes) >= 10
    assert 90 < max(sizes) <= 100


def test_the_handler_gives_the_expected_answers() -> None:
    """What is expected is what the handler says, of every kind that needs no gateway."""
    handler = build(Settings(models_dir=str(MODELS), log_level="OFF", metrics=False))
    asked = [exchange for kind in KINDS for exchange in traffic()[kind] if exchange.key == RIGHT_KEY]
    for exchange in asked:
        path, _, query = exchange.path.partition("?")
        parameters = dict(part.split("=") for part in query.split("&")) if query else None
        event = rest_event("POST", path, exchange.body, queryStringParameters=parameters)
        event["multiValueQueryStringParameters"] = {name: [value] for name, value in (parameters or {}).items()}
        answer = handler(event, Context())
        assert failure(exchange, answer["statusCode"], answer["body"].encode()) == ("", ""), exchange
    assert len(asked) > 1_000


@pytest.mark.parametrize("name", STORE.names())
def test_known_answers_are_those_of_the_served_artifact(name: str) -> None:
    """The committed file is of the artifact's version and says what the model says: else it is to be made anew."""
    content = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    model = STORE.get(name)
    remedy = "run `python -m stress_test.answers`"
    assert content["version"] == model.version, remedy
    # Of a model with few fields there may be no more rows that differ.
    assert len(content["exchanges"]) >= (200 if name in DOCUMENTED else 20)
    assert difference(json.loads(json.dumps(make_answers(model))), content) == "", remedy


@pytest.mark.parametrize("name", STORE.names())
def test_known_answers_hold_scikit_learns_own(name: str) -> None:
    """The manifest's golden predictions, which scikit-learn made, are among them as they were promised."""
    golden = [exchange for exchange in known_answers(STORE.get(name)) if exchange.name == f"golden {name}"]
    promised = STORE.get(name).artifact.manifest.golden
    assert [json.loads(exchange.body) for exchange in golden] == [instance for instance, _ in promised]
    # A regression answers its value, without a list around it.
    answered = [exchange.expected["prediction"] for exchange in golden]
    assert [tuple(one) if isinstance(one, list) else (one,) for one in answered] == [one for _, one in promised]


def test_known_answers_are_small() -> None:
    """A clone should not grow by them."""
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("*.json")}
    assert sizes["delay.json"] + sizes["income.json"] < 200 * 1024
    # A row of thirty numbers takes a kilobyte and a half.
    assert max(sizes.values()) < 400 * 1024


def test_answers_of_another_version_are_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    """They would be wrong ones; it is said how to make them anew."""
    model = Model(STORE.get("delay").artifact._replace(manifest=STORE.get("delay").artifact.manifest))
    model.version = "another"
    assert known_answers(model) == []
    assert "python -m stress_test.answers" in capsys.readouterr().out
