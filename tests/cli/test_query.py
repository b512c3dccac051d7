"""``neuralworks query`` against a real gateway: the answers of the models themselves, faults by line, keys kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.gateway.start import DEFAULT_KEY
from tests.cli.files import EXAMPLE, WRITERS, json_lines, read_table, write_csv, write_json, write_jsonl
from tests.cli.live import KEY, MODELS, Turn, answers_of, expected, model, run, sample, scripted
from tests.making import LISTED


def test_the_example_is_sent_where_nothing_is_given(api: str) -> None:
    """One line that works for every model, and a summary of what it took."""
    done = run("query", f"{api}/", "delay")
    assert done.exit_code == 0
    ((prediction, label),) = expected("delay", [EXAMPLE])
    version = model("delay").version
    assert json.loads(done.stdout) == {"model": "delay", "version": version, "prediction": prediction, "label": label}
    told, summary = done.stderr.splitlines()
    assert told == "no FILE and no --json: this is the model's own example"
    assert re.fullmatch(r"1 row in [\d.]+ s, [\d,]+ rows/s, 1 call, 0 retries", summary)


def test_one_row(api: str) -> None:
    """What predict prints of an instance, query prints too; a folded spelling is noted."""
    stated = json.dumps({**EXAMPLE, "OPERA": "grupo latam"})
    arguments = ("delay", "--json", stated, "--explain", "--threshold", "0.5")
    asked = run("query", api, *arguments)
    assert (asked.exit_code, asked.stdout) == (0, run("predict", *arguments, "--models-dir", MODELS).stdout)
    assert json.loads(asked.stdout)["warnings"][0]["code"] == "read-as"
    assert json.loads(asked.stdout)["label"] == 0


@pytest.mark.parametrize("name", ["delay", "income"])
@pytest.mark.parametrize(("file", "write"), WRITERS)
def test_batches_equal_offline_predictions(tmp_path: Path, api: str, name: str, file: str, write: Any) -> None:
    """Every format, read by the live signature: bit for bit what each row is answered alone."""
    rows = sample(name, 320)
    done = run("query", api, name, write(tmp_path / file, rows), "--batch-size", "70")
    assert done.exit_code == 0
    lines = answers_of(done)
    assert [line["instance"] for line in lines] == rows
    assert [(line["prediction"], line["label"]) for line in lines] == expected(name, rows)
    assert ", 5 calls, 0 retries" in done.stderr


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_five_thousand_rows_by_four_calls_at_a_time(tmp_path: Path, api: str, suffix: str) -> None:
    """Answers come in the file's order, and the output is that of predict, byte for byte or cell for cell."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 5_000))
    live, offline = tmp_path / f"live{suffix}", tmp_path / f"offline{suffix}"
    done = run("query", api, "delay", source, "--concurrency", "4", "--batch-size", "250", "--output", live)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "5,000 rows in " in done.stderr
    assert ", 20 calls, 0 retries" in done.stderr
    run("predict", "delay", "--models-dir", MODELS, source, "--output", offline)
    if suffix == ".parquet":
        assert read_table(live) == read_table(offline)
    else:
        assert live.read_bytes() == offline.read_bytes()


def test_explained_batches_equal_offline_ones(tmp_path: Path, api: str) -> None:
    """Contributions and moved labels too."""
    source = write_json(tmp_path / "r.json", sample("income", 120))
    arguments = ("income", source, "--explain", "--threshold", "0.2")
    assert run("query", api, *arguments).stdout == run("predict", *arguments, "--models-dir", MODELS).stdout


@pytest.mark.parametrize("concurrency", ["1", "3"])
def test_stop_names_every_line_of_the_batch(tmp_path: Path, api: str, concurrency: str) -> None:
    """Faults come back as lines of the file; batches before stay, and the status is 1."""
    rows = sample("delay", 40)
    rows[25] |= {"OPERA": "Grupo LATAN", "HORA-I": 24}
    source, output = write_csv(tmp_path / "r.csv", rows), tmp_path / "a.jsonl"
    options = ("--batch-size", "10", "--concurrency", concurrency, "--output", output)
    done = run("query", api, "delay", source, *options)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"error: {source} has 2 faults; --on-error skip goes on without such rows",
        "  line 27, OPERA: 'Grupo LATAN' is unknown; did you mean 'Grupo LATAM'?",
        "  line 27, HORA-I: 24 is out of range: expected an integer from 0 to 23",
    ]
    assert len(json_lines(output)) == 20


def test_skip_sends_a_batch_again_without_its_bad_rows(tmp_path: Path, api: str) -> None:
    """No good row is lost; each refused batch costs one more call."""
    rows = sample("delay", 40)
    bad = {3, 4, 25}
    broken = [{**row, "DIANOM": "Friday"} if at in bad else row for at, row in enumerate(rows)]
    done = run(
        "query", api, "delay", write_jsonl(tmp_path / "r.jsonl", broken), "--batch-size", "10", "--on-error", "skip"
    )
    lines = answers_of(done)
    wanted = expected("delay", rows)
    assert [line["line"] for line in lines] == list(range(1, 41))
    assert {at for at, line in enumerate(lines) if "error" in line} == bad
    assert all(lines[at]["prediction"] == wanted[at][0] for at in range(40) if at not in bad)
    assert lines[3]["error"].startswith("DIANOM: 'Friday' is unknown")
    assert "40 rows (3 failed) in " in done.stderr
    assert ", 6 calls, 0 retries" in done.stderr
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (
        1,
        "error: 3 of 40 rows could not be answered; their errors are in the output",
    )


def test_one_faulty_instance_lists_its_faults(api: str) -> None:
    """As predict does."""
    asked, offline = (
        run(*command, "--json", '{"OPERA": "x", "HORA-I": 9.0}')
        for command in (("query", api, "delay"), ("predict", "delay", "--models-dir", MODELS))
    )
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert asked.stderr == offline.stderr
    assert "  #/HORA-I: 9.0 is not an integer: expected an integer from 0 to 23" in asked.stderr.splitlines()


def test_an_unknown_model_names_the_known(api: str) -> None:
    """The API's list, as predict has the folder's."""
    done = run("query", api, "delays")
    assert (done.exit_code, done.stderr) == (1, f"error: there is no model 'delays'; served here: {LISTED}\n")


def test_keys(api: str) -> None:
    """A wrong key is refused without being repeated; without one the line says which variable to set."""
    wrong = run("query", api, "delay", key="wrong-secret")
    assert (wrong.exit_code, wrong.stderr) == (1, f"error: {api} refuses the key in NEURALWORKS_API_KEY (403)\n")
    none = run("query", api, "delay", key=None)
    assert (none.exit_code, none.stderr) == (1, f"error: {api} wants a key: put one into NEURALWORKS_API_KEY (403)\n")
    odd = run("query", api, "delay", key="odd\nsecret\u00e9")
    assert odd.exit_code == 1
    assert odd.stderr.startswith("error: NEURALWORKS_API_KEY='...' cannot be used")
    assert "secret" not in wrong.stderr + none.stderr + odd.stderr


def test_no_option_takes_a_key() -> None:
    """The help says where it belongs instead."""
    text = run("query", "--help").stdout
    assert "--key" not in text
    assert "--api-key" not in text
    assert "environment variable NEURALWORKS_API_KEY" in text
    assert "neuralworks query http://127.0.0.1:8000 delay flights.csv" in text


def test_a_gateway_of_this_machine_needs_no_key() -> None:
    """On a loopback address the gateway's own default key is tried; what is set goes before it."""
    with scripted() as server:
        assert run("query", server.url, "delay", key=None).exit_code == 0
        assert run("query", server.url, "delay").exit_code == 0
        assert [asked.headers["x-api-key"] for asked in server.asked] == [DEFAULT_KEY] * 2 + [KEY] * 2


def test_a_stage_is_part_of_the_root() -> None:
    """Paths are appended to the URL's own, whether it ends with a slash or not."""
    with scripted() as server:
        for root in (f"{server.url}/dev", f"{server.url}/dev/"):
            assert run("query", root, "delay", "--threshold", "0.25").exit_code == 0
        asked = [(one.method, one.path) for one in server.asked]
        assert asked == [("GET", "/dev/models/delay"), ("POST", "/dev/inference/delay?threshold=0.25")] * 2


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("127.0.0.1:8000", "is no URL that starts with http:// or https://"),
        ("ftp://127.0.0.1/", "is no URL that starts with http:// or https://"),
        ("file:///etc/passwd", "is no URL that starts with http:// or https://"),
        ("http://", "names a host"),
        ("http://127.0.0.1:port", "is no URL"),
        ("https://host/?stage=dev", "is no API's root"),
        ("https://host/a b", "is no API's root"),
        ("https://user:hush@host/", "the key goes into NEURALWORKS_API_KEY"),
    ],
)
def test_what_is_no_root_is_refused(url: str, message: str) -> None:
    """Before anything is sent; a password is not repeated."""
    done = run("query", url, "delay")
    assert done.exit_code == 1
    assert message in done.stderr
    assert "hush" not in done.stderr


def test_a_key_in_the_open_is_warned_of() -> None:
    """Over plain http to another host the key can be read on the way; on this machine it cannot."""
    done = run("query", "http://nowhere.invalid", "delay", "--retries", "0")
    assert done.stderr.splitlines()[0] == "warning: the key goes to nowhere.invalid unencrypted; use https"
    assert KEY not in done.stderr
    assert "unencrypted" not in run("query", "https://nowhere.invalid", "delay", "--retries", "0").stderr
    assert "unencrypted" not in run("query", "http://nowhere.invalid", "delay", "--retries", "0", key=None).stderr


def test_a_redirect_does_not_get_the_key() -> None:
    """Another host is named, not asked."""
    with scripted() as other, scripted(Turn(307, (("Location", f"{other.url}/inference/delay"),), b"")) as server:
        done = run("query", server.url, "delay")
        assert done.exit_code == 1
        assert f"redirects (307) to {other.url}/inference/delay; the key is not sent there" in done.stderr
        assert other.asked == []


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"prediction": [1]}', b'{"message": "hello"}', b"null", b"{" * 2_000]
)
def test_an_answer_of_another_shape_is_one_line(body: bytes) -> None:
    """Something else listens there: the question is whether the URL is right."""
    with scripted(Turn(200, (), body)) as server:
        done = run("query", server.url, "delay")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "is it the API's root URL?" in done.stderr


def test_answers_of_another_number_are_refused(tmp_path: Path) -> None:
    """An answer must never be put beside the wrong row."""
    body = b'{"model": "delay", "version": "v", "predictions": [[0.5, 0.5]], "labels": [0]}'
    with scripted(Turn(200, (), body)) as server:
        done = run("query", server.url, "delay", write_csv(tmp_path / "r.csv", sample("delay", 2)))
        assert (done.exit_code, done.stdout) == (1, "")
        assert "answers 1 predictions to 2 instances" in done.stderr


def test_control_characters_do_not_reach_the_terminal() -> None:
    """What a server says could else rewrite the screen."""
    problem = {"code": "odd", "detail": "\x1b[2Jgone"}
    with scripted(Turn(400, (), json.dumps(problem).encode())) as server:
        done = run("query", server.url, "delay")
        assert done.stderr.splitlines()[-1].endswith("answers 400: \ufffd[2Jgone")


def test_explained_calls_hold_a_thousand(api: str) -> None:
    """The limit is said before a file is read."""
    done = run("query", api, "delay", "--explain", "--batch-size", "1001")
    assert done.exit_code == 2
    assert "with --explain a call holds at most 1,000" in done.stderr


def test_regressions_and_many_classes_fit_too(tmp_path: Path) -> None:
    """A prediction may be a number without a label; a class of its own column each."""
    told = {**model("delay").describe(), "classes": []}
    source = write_csv(tmp_path / "r.csv", sample("delay", 2))
    body = b'{"model": "delay", "version": "v", "predictions": [1.5, -2.0]}'
    with scripted(Turn(200, (), body), Turn(200, (), body), described=told) as server:
        lines = answers_of(run("query", server.url, "delay", source))
        assert [(line["prediction"], "label" in line) for line in lines] == [(1.5, False), (-2.0, False)]
        run("query", server.url, "delay", source, "--output", tmp_path / "a.csv")
        table = read_table(tmp_path / "a.csv")
        assert [(row["prediction"], "label" in row) for row in table] == [("1.5", False), ("-2.0", False)]
