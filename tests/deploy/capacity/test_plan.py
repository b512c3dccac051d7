"""``neuralworks plan``: measured here, told in words and as JSON, and exit 1 where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.cli import main
from challenge_neuralworks.deploy.capacity.plan import METRICS
from challenge_neuralworks.deploy.capacity.service_time import NotMeasured, measure
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from tests.making import INSTANCE, LISTED, ROOT, Context, rest_event, seal


def run(*arguments: str) -> Result:
    """Run ``neuralworks plan`` over the committed models."""
    return CliRunner().invoke(main, ["plan", "--models-dir", str(ROOT / "models"), *arguments])


def test_the_challenge_is_carried_by_a_default_account() -> None:
    """1,111 a second: measured, computed, and yes."""
    made = run("--rps", "1111", "--memory-mb", "1769")
    assert made.exit_code == 0, made.output
    assert "Yes: reserve" in made.output
    assert "112  that AWS asks for the rate alone" in made.output


def test_a_small_account_is_refused() -> None:
    """The exit status is 1, and the reason stands at the end."""
    made = run("--rps", "1111", "--account-concurrency", "10")
    assert made.exit_code == 1
    assert "NO: an account with a concurrency of 10 carries 100 requests a second" in made.output
    assert "Carried   100 requests a second by this account, once warm; 91.0% are refused" in made.output


def test_as_json_it_holds_what_was_measured() -> None:
    """Figures are those of this machine: positive, ordered, and in the same units."""
    document = json.loads(run("--rps", "10", "--json").stdout)
    measured = document["measured"]
    assert 0 < measured["p50_ms"] <= measured["p99_ms"]
    assert measured["calls"] == 2_000
    assert document["no"] == []
    assert document["carried_rps"] == pytest.approx(10.0, rel=1e-5)
    assert set(document["dollars_per_million"]) == set(document["dollars_per_month"])


def test_a_batch_takes_longer_than_one_instance() -> None:
    """A hundred instances are measured as one request."""
    one, many = (json.loads(run("--rps", "1", "--json", "--instances", n).stdout)["measured"] for n in ("1", "100"))
    assert many["instances"] == 100
    assert many["p50_ms"] > 5 * one["p50_ms"]


def test_bytes_are_those_of_a_real_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Log and answer are as long as when the handler is called by itself, but for the digits of the times."""
    seal(tmp_path)
    settings = Settings(models_dir=str(tmp_path))
    found = measure(lambda: build(settings), "toy", [INSTANCE], calls=10)
    handler = build(settings)
    capsys.readouterr()
    answers = [handler(rest_event("POST", "/inference/toy", INSTANCE), Context()) for _ in range(2)]
    log = capsys.readouterr().out.splitlines(keepends=True)
    assert found.answer_bytes == len(answers[0]["body"].encode())
    assert abs(found.log_bytes - len("".join(log[2:]))) <= 12


def test_a_request_that_is_refused_is_not_timed(tmp_path: Path) -> None:
    """A handler that answers no predictions would look fast."""
    seal(tmp_path)
    with pytest.raises(NotMeasured, match="answers 400"):
        measure(lambda: build(Settings(models_dir=str(tmp_path))), "toy", [{**INSTANCE, "age": -1}])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--rps", "0"), "rps"),
        (("--rps", "1", "--memory-mb", "64"), "memory-mb"),
        (("--rps", "1", "--model", "nobody"), f"served here: {LISTED}"),
    ],
)
def test_a_wrong_wish_is_refused_in_words(arguments: tuple[str, ...], word: str) -> None:
    """The message names the option, or the models there are."""
    refused = run(*arguments)
    assert refused.exit_code != 0
    assert word in refused.output


def test_the_metrics_counted_are_those_that_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A metric more would cost more."""
    seal(tmp_path)
    build(Settings(models_dir=str(tmp_path), log_level="OFF"))(rest_event("GET", "/ping"), Context())
    line: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert len(line["_aws"]["CloudWatchMetrics"][0]["Metrics"]) == METRICS
