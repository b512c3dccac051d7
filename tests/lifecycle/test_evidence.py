"""What shadowing has shown, out of log files and out of CloudWatch: the same sums, of the right pair only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import click
import pytest
from click.testing import CliRunner

from challenge_neuralworks.cli.watch import evidence_options, source_of
from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.lifecycle.evidence import Bounds, Evidence, Pair, judge_shadow
from challenge_neuralworks.lifecycle.shadow_logs import LogFiles
from challenge_neuralworks.lifecycle.shadow_metrics import CloudWatch, MetricsUnavailable
from challenge_neuralworks.settings import NAMESPACE
from tests.fronting import moto

SINCE = "2026-01-01T10:00:00.500000Z"
PAIR = Pair("toy", "a1", "b2", SINCE)
SHADOW: dict[str, Any] = {
    "timestamp": "2026-01-01T10:00:01.000Z",
    "message": "shadow",
    "model": "toy",
    "version": "a1",
    "candidate": "b2",
    "rows": 10,
    "flips": 2,
    "difference": 0.5,
    "max_difference": 0.25,
    "errors": {"unknown-category": 1},
}
REQUEST: dict[str, Any] = {
    "timestamp": "2026-01-01T10:00:01.000Z",
    "message": "request",
    "model": "toy",
    "version": "a1",
    "status": 200,
}
KEPT: dict[str, Any] = {
    "timestamp": "2026-01-01T10:00:01.000Z",
    "message": "model-kept",
    "model": "toy",
    "alias": "production",
    "version": "b2",
    "wanted": "a1",
    "error": "golden-mismatch",
}
TOLD = Evidence(rows=10, flips=2, difference=0.5, most=0.25, errors=1)


def log(path: Path, *entries: Any) -> Path:
    """Append entries, each a line; text goes in as it is."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(entry if isinstance(entry, str) else f"{json.dumps(entry)}\n" for entry in entries)
    return path


def test_lines_of_the_pair_are_summed(tmp_path: Path) -> None:
    """Several files are one; the largest difference is the largest of all."""
    one = log(tmp_path / "one", SHADOW, REQUEST, {**REQUEST, "status": 503}, {**REQUEST, "status": 400}, KEPT)
    other = log(tmp_path / "other", {**SHADOW, "rows": 5, "flips": 0, "max_difference": 0.125, "errors": {}})
    assert LogFiles([one, other, tmp_path / "none"]).look(PAIR) == Evidence(
        rows=15, flips=2, difference=1.0, most=0.25, errors=1, requests=3, failed=1, refusals=1
    )


@pytest.mark.parametrize(
    "entry",
    [
        {**SHADOW, "model": "other"},
        {**SHADOW, "version": "b2"},
        {**SHADOW, "candidate": "c3"},
        {**SHADOW, "timestamp": "2026-01-01T10:00:00.499Z"},
        {**REQUEST, "version": "b2"},
        {**REQUEST, "model": None, "version": None, "status": 500},
        {**KEPT, "wanted": "c3"},
        {**KEPT, "alias": "candidate"},
        {**KEPT, "error": "store-unavailable"},
        {"_aws": {}, "model": "toy"},
        {**SHADOW, "rows": None},
        [SHADOW],
        "Traceback (most recent call last):\n",
        "{half a line\n",
        "{}\n",
    ],
)
def test_what_is_not_of_the_pair_is_left_out(tmp_path: Path, entry: Any) -> None:
    """Another model, another version on either side, an earlier time, and whatever else a log holds."""
    assert LogFiles([log(tmp_path / "log", entry, SHADOW)]).look(PAIR) == TOLD


def test_a_growing_file_is_read_on(tmp_path: Path) -> None:
    """A line that is being written counts once it is whole, and none counts twice; another pair begins anew."""
    path = log(tmp_path / "log", SHADOW, json.dumps(SHADOW)[:40])
    source = LogFiles([path])
    assert source.look(PAIR) == TOLD
    assert source.look(PAIR) == TOLD
    log(path, json.dumps(SHADOW)[40:] + "\n")
    assert source.look(PAIR) == TOLD.plus(TOLD)
    assert source.look(PAIR._replace(shadowing="c3")) == Evidence()


def verdicts(evidence: Evidence, bounds: Bounds) -> dict[str, bool]:
    """Return which bounds are kept."""
    return {one.what: one.passed for one in judge_shadow(evidence, bounds)}


def test_bounds_are_kept_at_the_bound_and_broken_beyond() -> None:
    """Rows at least, all else at most; what was not asked for passes, rows refused do not."""
    seen = Evidence(rows=100, flips=2, difference=3.0, most=0.25)
    kept = {"rows": True, "flips": True, "difference": True, "errors": True}
    assert verdicts(seen, Bounds(100, 0.02, 0.25)) == kept
    assert verdicts(seen, Bounds(101, 0.019, 0.24)) == {**dict.fromkeys(kept, False), "errors": True}
    assert verdicts(seen._replace(errors=1), Bounds(100)) == {**kept, "errors": False}
    assert verdicts(seen._replace(errors=1), Bounds(100, errors=0.01)) == kept


def test_no_evidence_is_no_proof() -> None:
    """Bounds on flips alone must not pass where nothing was shadowed."""
    assert verdicts(Evidence(), Bounds(flips=0.5)) == {
        "rows": False,
        "flips": True,
        "difference": True,
        "errors": True,
    }


@pytest.fixture(scope="module")
def cloudwatch() -> Iterator[Any]:
    """Return a client of moto's CloudWatch."""
    with moto() as (host, port):
        session = boto3.Session("test", "test", region_name="us-east-1")
        client = session.client("cloudwatch", endpoint_url=f"http://{host}:{port}")
        yield client
        client.close()


def put(client: Any, at: datetime, values: Mapping[str, float], **dimensions: str) -> None:
    """Put metrics as a function's lines do."""
    listed = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    data = [
        {"MetricName": name, "Dimensions": listed, "Value": value, "Timestamp": at} for name, value in values.items()
    ]
    client.put_metric_data(Namespace=NAMESPACE, MetricData=data)


def test_cloudwatch_has_the_same_sums(cloudwatch: Any) -> None:
    """Of the pair, and only of whole minutes after the promotion: in that of the move, others answered, too."""
    now = datetime.now(UTC).replace(microsecond=0)
    since = now - timedelta(minutes=10)
    shadow = {
        "ShadowRows": 10,
        "ShadowFlips": 2,
        "ShadowDifference": 0.5,
        "ShadowMaxDifference": 0.25,
        "ShadowErrors": 1,
    }
    requests = {"requests": 7, "server_errors": 3}
    for minutes in (3, 5):
        put(cloudwatch, now - timedelta(minutes=minutes), shadow, model="toy", candidate="b2")
        put(cloudwatch, now - timedelta(minutes=minutes), requests, model="toy")
    put(cloudwatch, since, shadow, model="toy", candidate="b2")
    put(cloudwatch, now - timedelta(minutes=4), shadow, model="toy", candidate="c3")
    put(cloudwatch, now - timedelta(minutes=4), shadow, model="other", candidate="b2")
    pair = PAIR._replace(since=since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    assert CloudWatch(client=cloudwatch).look(pair) == Evidence(
        rows=20, flips=4, difference=1.0, most=0.25, errors=2, requests=14, failed=6
    )


def test_only_the_namespace_of_the_stage_is_asked(cloudwatch: Any) -> None:
    """Every query names it; moto finds values with dimensions in any namespace, so it is the question that is read."""
    asked: list[dict[str, Any]] = []
    cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData", lambda params, **_: asked.append(params)
    )
    since = (datetime.now(UTC) - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    CloudWatch("neural_prd", cloudwatch).look(PAIR._replace(since=since))
    queries = [query["MetricStat"]["Metric"] for params in asked for query in params["MetricDataQueries"]]
    assert {query["Namespace"] for query in queries} == {"neural_prd"}
    assert len(queries) == 7


@pytest.mark.parametrize("option", ["--metrics-namespace", "NEURALWORKS_METRICS_NAMESPACE"])
def test_a_command_asks_the_namespace_that_it_is_told(option: str) -> None:
    """By option or by the function's own setting; what CloudWatch takes for none is refused at once."""
    sources: list[Any] = []

    @click.command()
    @evidence_options
    def look(**options: Any) -> None:
        sources.append(source_of(options))

    by_option = option.startswith("--")
    arguments, environ = ([option, "neural_prd"], {}) if by_option else ([], {option: "neural_prd"})
    assert CliRunner().invoke(look, arguments, env=environ).exit_code == 0
    assert sources[0]._namespace == "neural_prd"
    refused = CliRunner().invoke(look, ["--metrics-namespace", "AWS/Lambda"])
    assert isinstance(refused.exception, ConfigurationError)


def test_in_the_minute_of_the_move_cloudwatch_knows_nothing(cloudwatch: Any) -> None:
    """Nor is it asked: no whole minute has begun since."""
    since = datetime.now(UTC) + timedelta(seconds=90)
    pair = PAIR._replace(since=since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    assert CloudWatch(client=None).look(pair) == Evidence()


def test_a_cloudwatch_that_cannot_be_asked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do: credentials, or a log instead."""
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(MetricsUnavailable, match=r"cannot be asked: You must specify a region.*--shadow-log FILE"):
        CloudWatch().look(PAIR)
