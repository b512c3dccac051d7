"""The candidate scores live rows too: what it makes of them is counted and logged, and no answer knows of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.model import Model
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.shadow import Shadowed, is_chosen
from challenge_neuralworks.serving.shadow_outcome import METRICS, MOST_ROWS, Seen, compare
from challenge_neuralworks.settings import Settings, read_settings
from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.store.folder import load_model
from tests.lifecycle.storing import MANY, point, published, scorer, sealed, store_at
from tests.making import INSTANCE, ROOT, TOY, Context, rest_event

ROWS = {"instances": MANY}
AFTER = -1.5
"""Base of the candidate: some labels of `MANY` are others."""


class Pair:
    """A store with a toy in production and another as its candidate, and the handler that follows it."""

    def __init__(self, folder: Path, share: float = 1.0, **settings: Any) -> None:
        self.folder = folder
        self.versions = store_at(folder / "store")
        self.served = published(self.versions, folder / "a")
        self.candidate = published(self.versions, folder / "b", AFTER)
        point(self.versions, "production", self.served)
        point(self.versions, "candidate", self.candidate)
        stated = Settings(models_dir=str(folder / "none"), store=str(folder / "store"), store_ttl_s=0.1)
        self.handler = build(stated._replace(shadow_share=share, **settings))

    def ask(self, body: Any, path: str = "/inference/toy", request_id: str = Context.aws_request_id) -> Any:
        """Return what the handler answers."""
        answer = self.handler(rest_event("POST", path, body), SimpleNamespace(aws_request_id=request_id))
        return json.loads(answer["body"])

    def wait(self) -> None:
        """Wait until the candidate is there: nobody waits for it otherwise."""
        self.ask(INSTANCE)
        store: Any = self.handler.store
        deadline = time.monotonic() + 20
        while store.candidate("toy") is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert store.candidate("toy").version == self.candidate

    def close(self) -> None:
        """Follow no more."""
        store: Any = self.handler.store
        store.close()


@pytest.fixture
def pair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pair]:
    """Return a pair of which every request is shadowed."""
    made = Pair(tmp_path)
    made.wait()
    capsys.readouterr()
    yield made
    made.close()


def test_every_metric_is_in_the_namespace_that_is_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That of requests, of following and of shadowing: two stages of one account must not be taken for one another."""
    made = Pair(tmp_path, metrics_namespace="neural_prd")
    made.wait()
    made.ask(INSTANCE)
    made.close()
    emf = [line["_aws"]["CloudWatchMetrics"] for line in lines_of(capsys) if "_aws" in line]
    assert {definition["Namespace"] for (definition,) in emf} == {"neural_prd"}
    names = {metric["Name"] for (definition,) in emf for metric in definition["Metrics"]}
    assert {"requests", "model_changes", "ShadowRows"} <= names


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines that were written."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def shadows_of(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the log lines of shadowing."""
    return [line for line in lines_of(capsys) if line.get("message") == "shadow"]


def models(folder: Path, **changes: Any) -> tuple[Model, Model]:
    """Return a toy, and one that differs from it as stated."""
    sealed(folder / "a")
    sealed(folder / "b", **{"base": AFTER, **changes})
    return load_model("toy", str(folder / "a" / "toy")), load_model("toy", str(folder / "b" / "toy"))


def seen(model: Model, rows: Any = MANY) -> Seen:
    """Return what a model was asked and has predicted."""
    return Seen(model, rows, model.predict_many(rows))


def test_the_answer_is_productions_and_the_lines_tell_how_the_candidate_differs(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    """Flips and differences are those of the two scorers; the request's own lines come first and are as ever."""
    before, after = ([one.predict(row) for row in MANY] for one in (scorer(-0.5), scorer(AFTER)))
    answer = pair.ask(ROWS)
    request, request_metrics, log, metrics = lines_of(capsys)
    apart = [abs(ours[1] - theirs[1]) for ours, theirs in zip(before, after, strict=True)]
    flips = sum((ours[1] >= 0.5) != (theirs[1] >= 0.5) for ours, theirs in zip(before, after, strict=True))
    assert answer["version"] == pair.served
    assert answer["predictions"] == [list(one) for one in before]
    assert (request["message"], request["instances"]) == ("request", 20)
    assert request_metrics["requests"] == 1
    assert 0 < flips < len(MANY)
    assert {name: log[name] for name in ("message", "level", "model", "version", "candidate", "rows", "flips")} == {
        "message": "shadow",
        "level": "INFO",
        "model": "toy",
        "version": pair.served,
        "candidate": pair.candidate,
        "rows": len(MANY),
        "flips": flips,
    }
    assert (log["errors"], log["left"], log["request_id"]) == ({}, 0, Context.aws_request_id)
    assert log["difference"] == pytest.approx(sum(apart))
    assert log["max_difference"] == pytest.approx(max(apart))
    definition = metrics["_aws"]["CloudWatchMetrics"][0]
    assert (definition["Namespace"], definition["Dimensions"]) == ("challenge_neuralworks", [["model", "candidate"]])
    assert {one["Name"]: one["Unit"] for one in definition["Metrics"]} == METRICS
    assert {name: metrics[name] for name in ("model", "candidate", "version", *METRICS)} == {
        "model": "toy",
        "candidate": pair.candidate,
        "version": pair.served,
        "ShadowRows": len(MANY),
        "ShadowFlips": flips,
        "ShadowDifference": log["difference"],
        "ShadowMaxDifference": log["max_difference"],
        "ShadowErrors": 0,
    }


def test_every_way_to_ask_is_shadowed(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """One instance, the Open Inference Protocol, explanations, a direct invocation: whatever predicts counts."""
    context = SimpleNamespace(aws_request_id="x")
    tensors = [
        {"name": name, "shape": [2], "datatype": kind, "data": [INSTANCE[name]] * 2}
        for name, kind in zip(TOY.names, ("BYTES", "BYTES", "INT64", "FP64"), strict=True)
    ]
    pair.ask(INSTANCE)
    pair.ask({"inputs": tensors}, "/v2/models/toy/infer")
    pair.handler({"model": "toy", "instances": MANY[:3]}, context)
    assert [line["rows"] for line in shadows_of(capsys)] == [1, 2, 3]


def test_what_predicts_nothing_is_not_shadowed(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor does a refused request count the rows of the one before it."""
    pair.ask(INSTANCE)
    capsys.readouterr()
    pair.ask({"colour": "blue"})
    for path in ("/health", "/models", "/models/toy", "/openapi.json", "/"):
        assert pair.handler(rest_event("GET", path), Context())["statusCode"] == 200, path
    assert shadows_of(capsys) == []


def test_a_large_batch_is_sampled_evenly(tmp_path: Path) -> None:
    """At most so many rows are scored, from all over the batch; the others are counted as left."""
    model, candidate = models(tmp_path)
    rows = [{**INSTANCE, "age": 9 * (place >= 500), "weight": 0.0} for place in range(1_000)]
    outcome = compare(seen(model, rows), candidate, budget_s=60.0)
    halves = [abs(scorer(-0.5).predict(row)[1] - scorer(AFTER).predict(row)[1]) for row in (rows[0], rows[-1])]
    assert (outcome.rows, outcome.left) == (MOST_ROWS, 900)
    assert outcome.difference == pytest.approx(sum(halves) * MOST_ROWS / 2)


def test_no_row_is_begun_after_the_time_is_over(tmp_path: Path) -> None:
    """However slow a candidate is, it costs a call one row more than the budget at most."""
    model, candidate = models(tmp_path)
    outcome = compare(seen(model), candidate, budget_s=0.0)
    assert (outcome.rows, outcome.left) == (1, len(MANY) - 1)


def test_rows_that_the_candidate_refuses_are_errors_by_their_code(tmp_path: Path) -> None:
    """A category that is gone, a range that is narrower: the first fault's code says which."""
    narrower = Signature(
        (
            Field("colour", "category", "", "red", categories=("red",)),
            TOY.fields[1],
            TOY.fields[2]._replace(maximum=7),
            TOY.fields[3],
        )
    )
    model, candidate = models(tmp_path, signature=narrower)
    outcome = compare(seen(model), candidate)
    assert outcome.errors == {"unknown-category": 10, "out-of-range": 2}
    assert (outcome.rows, outcome.left) == (8, 0)


def test_other_classes_are_an_error(tmp_path: Path) -> None:
    """Predictions of other classes cannot be compared place by place."""
    model, candidate = models(tmp_path, classes=("yes", "no"))
    assert compare(seen(model), candidate).errors == {"other-classes": len(MANY)}


def test_whatever_the_candidate_raises_is_counted(tmp_path: Path) -> None:
    """A defect of a model on trial must not become one of the service."""
    model, candidate = models(tmp_path)

    def fail(row: Any) -> Any:
        raise ZeroDivisionError(row)

    candidate.predict = fail  # type: ignore[method-assign]
    assert compare(seen(model), candidate).errors == {"internal-error": len(MANY)}


def test_what_breaks_around_the_candidate_breaks_no_answer(
    pair: Pair, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a store that raises what it must not."""
    plain = pair.ask(ROWS)

    def fail(name: str) -> Any:
        raise RuntimeError(name)

    monkeypatch.setattr(pair.handler, "_candidate", fail)
    assert pair.ask(ROWS) == plain
    monkeypatch.undo()
    capsys.readouterr()


def test_the_version_that_is_served_does_not_shadow_itself(pair: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """After a promotion candidate and production are the same version: there is nothing to compare."""
    point(pair.versions, "production", pair.candidate)
    deadline = time.monotonic() + 20
    while pair.ask(INSTANCE)["version"] != pair.candidate and time.monotonic() < deadline:
        time.sleep(0.02)
    capsys.readouterr()
    assert pair.ask(INSTANCE)["version"] == pair.candidate
    assert shadows_of(capsys) == []


def test_threads_do_not_mix_their_rows(
    pair: Pair, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is of the rows of its own request, though all have predicted before any of them is compared."""
    together = threading.Barrier(4, timeout=20)
    monkeypatch.setattr(pair.handler._telemetry, "_record", lambda *_record, **_more: together.wait())
    asked = [threading.Thread(target=pair.ask, args=({"instances": MANY[:size]},)) for size in range(1, 5)]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join()
    assert sorted(line["rows"] for line in shadows_of(capsys)) == [1, 2, 3, 4]


def test_a_thread_may_begin_with_what_predicts_nothing(pair: Pair) -> None:
    """There is nothing yet that it could have noted."""
    answers: list[Any] = []
    event = rest_event("GET", "/ping")
    thread = threading.Thread(target=lambda: answers.append(pair.handler(event, Context())["statusCode"]))
    thread.start()
    thread.join()
    assert answers == [200]


def test_each_version_labels_at_its_own_threshold(tmp_path: Path) -> None:
    """Equal probabilities are no difference, and yet callers would see other labels."""
    model, candidate = models(tmp_path, base=-0.5, threshold=0.3)
    outcome = compare(seen(model), candidate)
    between = [0.3 <= p < 0.5 for _, p in seen(model).predictions]
    assert (outcome.flips, outcome.most) == (sum(between), 0.0)
    assert outcome.flips > 0


def test_a_share_is_chosen_by_the_request_id() -> None:
    """The same request is always chosen, or never; all together the share comes out."""
    ids = [f"{uuid4()}" for _ in range(4_000)]
    chosen = {one for one in ids if is_chosen(one, 0.25)}
    # Six standard deviations: a wrong share is further off, a right one once in half a billion runs.
    assert abs(len(chosen) - 1_000) < 6 * (4_000 * 0.25 * 0.75) ** 0.5
    assert {one for one in ids if is_chosen(one, 0.25)} == chosen
    assert chosen <= {one for one in ids if is_chosen(one, 0.5)}
    assert all(is_chosen(one, 1.0) for one in ids)


def test_only_the_share_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The candidate's turn comes for just the requests that are chosen."""
    pair = Pair(tmp_path, 0.3)
    pair.wait()
    capsys.readouterr()
    ids = [f"request-{number}" for number in range(200)]
    for one in ids:
        pair.ask(INSTANCE, request_id=one)
    assert [line["request_id"] for line in shadows_of(capsys)] == [one for one in ids if is_chosen(one, 0.3)]
    pair.close()


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        ({"metrics": False}, ["shadow"]),
        ({"log_level": "WARNING"}, ["_aws"]),
        ({"log_level": "OFF", "metrics": False}, []),
    ],
)
def test_lines_are_written_as_the_settings_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: dict[str, Any], written: list[str]
) -> None:
    """As those of requests are."""
    pair = Pair(tmp_path, **settings)
    pair.wait()
    capsys.readouterr()
    pair.ask(INSTANCE)
    found = [line for line in lines_of(capsys) if "candidate" in line]
    assert [line.get("message", "_aws") for line in found] == written
    pair.close()


def test_where_it_is_off_nothing_of_it_is_imported() -> None:
    """And the handler is the plain one: no request pays for what it does not use."""
    code = (
        "import sys\nfrom challenge_neuralworks.serving import build, Application\n"
        "from challenge_neuralworks.settings import Settings\n"
        "made = build(Settings(store='nowhere'))\n"
        "print(type(made) is Application, [name for name in sys.modules if 'shadow' in name])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "True []\n"


def test_a_share_needs_a_store() -> None:
    """There is no candidate without one."""
    assert read_settings({"NEURALWORKS_SHADOW": "0.25", "NEURALWORKS_STORE": "s"}).shadow_share == 0.25
    assert read_settings({"NEURALWORKS_SHADOW": "0"}).shadow_share == 0
    with pytest.raises(ConfigurationError, match=r"NEURALWORKS_SHADOW='0\.25' .* a store in NEURALWORKS_STORE beside"):
        read_settings({"NEURALWORKS_SHADOW": "0.25"})
    with pytest.raises(ConfigurationError, match="a share from 0 to 1"):
        read_settings({"NEURALWORKS_SHADOW": "nan", "NEURALWORKS_STORE": "s"})


def test_a_shadowing_handler_is_called_either_way(pair: Pair) -> None:
    """Lambda calls `answer`, tests and the gateway the object: the same thing."""
    assert isinstance(pair.handler, Shadowed)
    assert isinstance(pair.handler, Application)
    event = rest_event("POST", "/inference/toy", INSTANCE)
    assert pair.handler(event, Context()) == pair.handler.answer(event, Context())
