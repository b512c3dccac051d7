"""What the handler says of a store that it follows: in the log, in metrics, in /health and /models."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.following import Journal
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store import FolderStore
from challenge_neuralworks.store.following import FollowingStore
from challenge_neuralworks.store.news import CHANGED, KEPT, RECOVERED, News
from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.versions import Versions
from tests.making import INSTANCE, Context, rest_event, seal

MOVED = News(CHANGED, "toy", "production", "2", "1")
FAILED = News(
    KEPT, "toy", "production", "1", wanted="2", failures=3, error="digest-mismatch", evidence="2.pkl: other bytes"
)
UNLISTED = News(KEPT, "", "production", "", failures=1, error="store-unavailable", evidence="s3://b/p: no answer")
WELL = News(RECOVERED, "toy", "production", "2", failures=3)


def written(news: News, monkeypatch: pytest.MonkeyPatch, level: str = "INFO", *, metrics: bool = False) -> list[Any]:
    """Return the lines of one piece of news."""
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    Journal(level, metrics=metrics).tell(news)
    return [json.loads(line) for line in output.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (MOVED, {"level": "INFO", "message": "model-changed", "model": "toy", "version": "2", "previous": "1"}),
        (
            FAILED,
            {
                "level": "WARNING",
                "message": "model-kept",
                "model": "toy",
                "version": "1",
                "failures": 3,
                "wanted": "2",
                "error": "digest-mismatch",
                "evidence": "2.pkl: other bytes",
            },
        ),
        (
            UNLISTED,
            {
                "level": "ERROR",
                "message": "model-kept",
                "model": None,
                "version": None,
                "failures": 1,
                "wanted": None,
                "error": "store-unavailable",
                "evidence": "s3://b/p: no answer",
            },
        ),
        (WELL, {"level": "INFO", "message": "store-recovered", "model": "toy", "version": "2", "failures": 3}),
    ],
)
def test_each_piece_of_news_is_a_line(news: News, line: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """One JSON line each, which says what is served and why."""
    (found,) = written(news, monkeypatch)
    assert found.pop("timestamp").endswith("Z")
    assert found == {"alias": "production", **line}


def test_a_repeated_failure_only_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is down for an hour leaves a few lines, and a metric each period."""
    again = FAILED._replace(repeated=True)
    assert written(again, monkeypatch) == []
    (metric,) = written(again, monkeypatch, metrics=True)
    assert (metric["model"], metric["model_changes"], metric["store_failures"]) == ("toy", 0, 1)


def test_the_metric_line_is_one_that_cloudwatch_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every metric that is declared has its value in the line, and every dimension."""
    for news, counts in ((MOVED, (1, 0)), (FAILED, (0, 1))):
        line = written(news, monkeypatch, "OFF", metrics=True)[-1]
        (declared,) = line["_aws"]["CloudWatchMetrics"]
        assert declared["Namespace"] == "challenge_neuralworks"
        assert declared["Dimensions"] == [["model"]]
        assert tuple(line[metric["Name"]] for metric in declared["Metrics"]) == counts
    assert written(WELL, monkeypatch, "OFF", metrics=True) == []


@pytest.mark.parametrize(("level", "told"), [("INFO", 4), ("WARNING", 2), ("ERROR", 1), ("OFF", 0)])
def test_the_log_level_holds(level: str, told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is less severe than asked for is not written."""
    assert sum(len(written(news, monkeypatch, level)) for news in (MOVED, FAILED, UNLISTED, WELL)) == told


@pytest.mark.parametrize("closed", [True, False])
def test_a_lost_output_stops_nothing(closed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that nobody can take are lost; following goes on."""
    output = io.StringIO()
    output.close()
    monkeypatch.setattr(sys, "stdout", output if closed else None)
    Journal("INFO", metrics=True).tell(MOVED)


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Application]:
    """Return a handler that follows a store that has the toy; a second model is baked in alone."""
    seal(tmp_path)
    versions = Versions(open_objects(str(tmp_path / "store")))
    versions.move("toy", "production", versions.publish(str(tmp_path / "toy")), None, "ana", "first")
    seal(tmp_path / "baked", "second")
    application = build(
        Settings(str(tmp_path / "baked"), log_level="OFF", metrics=False, store=str(tmp_path / "store"))
    )
    yield application
    assert isinstance(application.store, FollowingStore)
    application.store.close()


def test_health_says_what_is_followed(followed: Application) -> None:
    """Alias, version, since when, last look: of every model, and no more than may be told without a key."""
    answer = followed(rest_event("GET", "/health"), Context())
    states = json.loads(answer["body"])["models"]
    version = followed.store.get("toy").version
    toy, second = states["toy"]["following"], states["second"]["following"]
    assert (toy["alias"], toy["version"], toy["code"], toy["stale"]) == ("production", version, None, False)
    assert toy["since"] is not None
    assert toy["checked"] >= toy["since"]
    assert (second["version"], second["since"], second["code"], second["stale"]) == (None, None, None, False)
    assert states["toy"].keys() == {"status", "version", "following"}
    assert "store" not in answer["body"]


@pytest.mark.parametrize(("path", "schema"), [("/health", "Health"), ("/models", "Models")])
def test_what_is_said_is_what_the_contract_says(followed: Application, path: str, schema: str) -> None:
    """The answers keep to the schemas of the service's own OpenAPI document."""
    document = json.loads(followed(rest_event("GET", "/openapi.json"), Context())["body"])
    answer = json.loads(followed(rest_event("GET", path), Context())["body"])
    root = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    assert "following" in json.dumps(answer)
    Draft202012Validator(root).validate(answer)


def test_a_model_out_of_the_store_answers(followed: Application) -> None:
    """It is listed, described and predicts; the baked one beside it too."""
    listed = json.loads(followed(rest_event("GET", "/models"), Context())["body"])["models"]
    assert [model["name"] for model in listed] == ["second", "toy"]
    for name in ("second", "toy"):
        answer = followed(rest_event("POST", f"/inference/{name}", INSTANCE), Context())
        assert (answer["statusCode"], json.loads(answer["body"])["model"]) == (200, name)


def test_without_a_store_nothing_is_said_of_one(tmp_path: Path) -> None:
    """Who follows nothing has the answers that there always were."""
    version = seal(tmp_path).version
    application = build(Settings(str(tmp_path), log_level="OFF", metrics=False))
    assert type(application.store) is FolderStore
    states = json.loads(application(rest_event("GET", "/health"), Context())["body"])["models"]
    assert states == {"toy": {"status": "ready", "version": version}}
    assert application.store.candidate("toy") is None
