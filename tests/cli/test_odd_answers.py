"""What another server answers: neither written as good, nor shown raw, nor a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.files import EXAMPLE, write_csv
from tests.cli.live import Turn, model, run, sample, scripted


def turn(status: int, **document: Any) -> Turn:
    """Return an answer."""
    return Turn(status, (), json.dumps(document).encode())


def refusal(pointer: Any, detail: str = "no") -> Turn:
    """Return a refusal with one fault."""
    return turn(400, code="invalid-instances", errors=[{"pointer": pointer, "code": "c", "detail": detail}])


GOOD = {"version": "v", "predictions": [[0.5, 0.5]], "labels": [0]}
EXPLAINED = {"base": 0, "score": 0, "contributions": {"OPERA": 0}}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (turn(404, code="unknown-model", models=5), 404),
        (turn(404, code="unknown-model", models=[5]), 404),
        (turn(400, code="invalid-instances", errors=[{}]), 400),
        (turn(400, code="invalid-instances", errors=5), 400),
        (refusal("#/instances/99/a"), 400),
        (turn(200, **GOOD | {"predictions": ["x"]}), 200),
        (turn(200, **GOOD | {"predictions": [[0.5]]}), 200),
        (turn(200, **GOOD | {"predictions": [[0.5, "0.5"]]}), 200),
        (turn(200, **GOOD | {"predictions": [[0.5, True]]}), 200),
        (turn(200, **GOOD | {"predictions": [[0.5, float("nan")]]}), 200),
        (turn(200, **GOOD | {"predictions": [[0.2, 0.3, 0.5]]}), 200),
        (turn(200, **GOOD | {"predictions": [0.5]}), 200),
        (turn(200, **GOOD | {"predictions": {"0": 1}}), 200),
        (turn(200, **GOOD | {"labels": [None]}), 200),
        (turn(200, **GOOD | {"labels": []}), 200),
        (turn(200, **GOOD | {"version": 5}), 200),
        (turn(200, **GOOD | {"warnings": [{}]}), 200),
    ],
)
def test_an_odd_answer_to_a_batch_is_one_line(tmp_path: Path, answer: Turn, status: int) -> None:
    """It says what the server is not, and nothing is written."""
    with scripted(answer) as server:
        source = write_csv(tmp_path / "r.csv", sample("delay", 1))
        done = run("query", server.url, "delay", source, "--on-error", "skip")
        assert (done.exit_code, done.stdout) == (1, "")
        said = f"error: {server.url} answers {status}, not as this API does; is it the API's root URL?"
        assert done.stderr.splitlines() == [said]


@pytest.mark.parametrize(
    "changed", [{"prediction": "x"}, {"prediction": None}, {"label": [0]}, {"explanation": EXPLAINED | {"base": "x"}}]
)
def test_an_odd_answer_to_one_instance_is_one_line(changed: dict[str, Any]) -> None:
    """As of a batch; the same answer without the change is good."""
    good = {"version": "v", "prediction": [0.5, 0.5], "label": 0, "explanation": EXPLAINED}
    with scripted(turn(200, **good), turn(200, **good | changed)) as server:
        asked = ("query", server.url, "delay", "--explain", "--json", json.dumps(EXAMPLE))
        assert run(*asked).exit_code == 0
        done = run(*asked)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error: {server.url} answers 200, not as this API does")


def test_no_text_of_a_server_reaches_the_terminal_raw(tmp_path: Path) -> None:
    """Names of models, pointers, quoted or not, and details."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 1))
    turns = (
        turn(404, code="unknown-model", models=["a\x1b[2J"]),
        refusal("#/instances/0/a\x1b[2J"),
        refusal("#/instances/0/a%1b[2J%9b"),
        refusal("#/a\x1b[2J"),
    )
    with scripted(*turns) as server:
        said = [run("query", server.url, "delay", source).stderr for _ in turns]
    assert [text.splitlines()[-1] for text in said] == [
        "error: there is no model 'delay'; served here: a\ufffd[2J",
        "  line 2, a\ufffd[2J: no",
        # %9b alone is no UTF-8.
        "  line 2, a\ufffd[2J\ufffd: no",
        "  #/a\ufffd[2J: no",
    ]


def test_a_number_that_python_alone_reads_is_no_position(tmp_path: Path) -> None:
    """Nor is one of five thousand digits: the fault is then of the batch, and said as it came."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 1))
    for odd in ("\u0660", "9" * 5_000):
        with scripted(refusal(f"#/instances/{odd}/a")) as server:
            done = run("query", server.url, "delay", source, "--on-error", "skip")
            assert (done.exit_code, len(done.stderr.splitlines())) == (1, 2)
            assert "the input has 1 fault" in done.stderr


def test_a_regression_has_numbers_only(tmp_path: Path) -> None:
    """Where the model has no classes, an array is no prediction."""
    told = {**model("delay").describe(), "classes": []}
    with scripted(turn(200, version="v", predictions=[[0.5, 0.5]]), described=told) as server:
        done = run("query", server.url, "delay", write_csv(tmp_path / "r.csv", sample("delay", 1)))
        assert (done.exit_code, done.stdout) == (1, "")
        assert "answers 200, not as this API does" in done.stderr


def test_a_name_that_no_host_can_have_is_not_tried_again() -> None:
    """One line, at once."""
    done = run("query", "http://a..b/", "delay", key=None)
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: http://a..b names no host that can be asked: ")
    assert "tries" not in line
