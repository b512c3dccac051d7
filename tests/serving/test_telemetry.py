"""One log line and one metric line a request, and nothing that holds a key."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from awslambdaric.bootstrap import Unbuffered

from challenge_neuralworks.serving import build
from challenge_neuralworks.serving.telemetry import METRICS
from challenge_neuralworks.settings import Settings
from tests.making import INSTANCE, Context, rest_event, seal


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was written to standard output, a JSON object a line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_leaves_one_log_line_and_one_metric_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The log line says who asked for what, how it went and how long it took; only the first request is cold."""
    version = seal(tmp_path).version
    handler = build(Settings(models_dir=str(tmp_path)))
    for _ in range(2):
        handler(rest_event("POST", "/inference/toy", {"instances": [INSTANCE] * 3}), Context())
    first, metric, second, _ = lines(capsys)
    latency, stamp = first.pop("latency_ms"), first.pop("timestamp")
    assert first == {
        "level": "INFO",
        "message": "request",
        "request_id": Context.aws_request_id,
        "route": "POST /inference/{model}",
        "model": "toy",
        "version": version,
        "status": 200,
        "instances": 3,
        "cold_start": True,
    }
    assert second["cold_start"] is False
    assert 0 < latency < 10_000
    assert abs((datetime.now(UTC) - datetime.fromisoformat(stamp)).total_seconds()) < 60
    definition = metric["_aws"]["CloudWatchMetrics"][0]
    assert definition["Dimensions"] == [["model"]]
    assert {one["Name"]: one["Unit"] for one in definition["Metrics"]} == METRICS
    assert {name: metric[name] for name in ("model", *METRICS) if name != "latency"} == {
        "model": "toy",
        "requests": 1,
        "instances": 3,
        "client_errors": 0,
        "server_errors": 0,
        "cold_starts": 1,
    }


def test_a_fault_is_counted_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A problem's code is in the log line and a client error in the metrics."""
    seal(tmp_path)
    build(Settings(models_dir=str(tmp_path)))(rest_event("POST", "/inference/toy", {}), Context())
    log, metric = lines(capsys)
    assert (log["status"], log["error"]) == (400, "invalid-instances")
    assert (metric["client_errors"], metric["server_errors"]) == (1, 0)


def test_no_key_header_or_value_is_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a good nor a bad request leaves anything of its headers, path or body in the log."""
    seal(tmp_path)
    handler = build(Settings(models_dir=str(tmp_path)))
    for body in (INSTANCE, {"colour": "s3cret"}, "s3cret"):
        for path in ("/inference/toy", "/s3cret", "/inference/s3cret"):
            handler(rest_event("POST", path, body, headers={"x-api-key": "s3cret"}), Context())
    assert "s3cret" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({"metrics": False}, 1),
        ({"log_level": "WARNING"}, 1),
        ({"log_level": "OFF", "metrics": False}, 0),
        ({"log_level": "DEBUG"}, 2),
    ],
)
def test_lines_are_off_by_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: dict[str, Any], count: int
) -> None:
    """Metrics have a switch, request lines a level."""
    seal(tmp_path)
    build(Settings(models_dir=str(tmp_path))._replace(**settings))(rest_event("GET", "/ping"), Context())
    assert len(lines(capsys)) == count


def test_closed_output_does_not_cost_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written is lost; the request is answered all the same."""
    seal(tmp_path)
    with (tmp_path / "closed").open("w") as closed:
        pass
    monkeypatch.setattr(sys, "stdout", closed)
    handler = build(Settings(models_dir=str(tmp_path)))
    assert handler(rest_event("GET", "/ping"), Context())["statusCode"] == 200
    monkeypatch.setattr(sys, "stdout", None)
    assert handler(rest_event("GET", "/ping"), Context())["statusCode"] == 200


class Sips(io.RawIOBase):
    """Takes a few bytes at a time, as a pipe does that a signal interrupts."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Take seven bytes at most, and say how many."""
        self.taken += bytes(data[:7])
        return min(7, len(data))


def test_lambdas_own_output_gets_whole_lines_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines go past its buffers, and stay between what others print before and after."""
    raw = Sips()
    monkeypatch.setattr(sys, "stdout", Unbuffered(io.TextIOWrapper(io.BufferedWriter(raw))))
    seal(tmp_path)
    handler = build(Settings(models_dir=str(tmp_path)))
    print("before")
    handler(rest_event("GET", "/ping"), Context())
    print("after")
    before, log, metric, after = raw.taken.decode().splitlines()
    assert (before, json.loads(log)["status"], json.loads(metric)["requests"], after) == ("before", 200, 1, "after")


def test_lines_follow_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever replaces it between two requests gets what comes after."""
    seal(tmp_path)
    handler = build(Settings(models_dir=str(tmp_path)))
    outputs = [io.StringIO(), Unbuffered(io.StringIO()), io.StringIO()]
    for output in outputs:
        monkeypatch.setattr(sys, "stdout", output)
        handler(rest_event("GET", "/ping"), Context())
    assert [len(output.getvalue().splitlines()) for output in outputs] == [2, 2, 2]


def test_a_hostile_request_id_stays_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Quotes and line breaks in an id cannot forge another line."""

    class Hostile:
        aws_request_id = 'x"}\n{"level":"INFO"'

    seal(tmp_path)
    build(Settings(models_dir=str(tmp_path), metrics=False))(rest_event("GET", "/ping"), Hostile())
    assert [line["request_id"] for line in lines(capsys)] == [Hostile.aws_request_id]
