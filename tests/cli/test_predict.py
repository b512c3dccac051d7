"""``neuralworks predict``: files of every format, read strictly, answered as the model answers each row alone."""

from __future__ import annotations

import json
import random
import subprocess
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from tests.cli.files import EXAMPLE, WRITERS, json_lines, read_table, write_csv, write_jsonl, write_parquet
from tests.cli.live import MODELS, answers_of, command, environment, expected, run, sample
from tests.making import ROOT, Context, rest_event

MODELS_DIR = ("--models-dir", MODELS)


@pytest.mark.parametrize("name", ["delay", "income"])
@pytest.mark.parametrize(("file", "write"), WRITERS)
def test_every_format_gives_the_model_s_own_answers(tmp_path: Path, name: str, file: str, write: Any) -> None:
    """Each row's answer is bit for bit that of the row alone, in the order of the file, nulls included."""
    rows = sample(name, 230)
    done = run("predict", name, *MODELS_DIR, write(tmp_path / file, rows))
    assert done.exit_code == 0
    lines = answers_of(done)
    assert [line["instance"] for line in lines] == rows
    assert [(line["prediction"], line["label"]) for line in lines] == expected(name, rows)
    unit, first = {"csv": ("line", 2), "jsonl": ("line", 1), "parquet": ("row", 1)}.get(
        file.rpartition(".")[2], ("item", 1)
    )
    assert [line[unit] for line in lines] == list(range(first, first + 230))
    assert done.stderr.startswith("230 rows in ")


def test_threshold_and_explanations_are_the_server_s(tmp_path: Path) -> None:
    """A moved cut and contributions, in JSON lines as the API states them, in tables a column each."""
    rows = sample("delay", 5)
    source = write_csv(tmp_path / "r.csv", rows)
    served = build(Settings(models_dir=str(MODELS), log_level="OFF", metrics=False))
    query = {"explain": "true", "threshold": "0.15"}
    event = rest_event("POST", "/inference/delay", {"instances": rows}, queryStringParameters=query)
    said = json.loads(served(event, Context())["body"])
    asked = ("predict", "delay", *MODELS_DIR, source, "--explain", "--threshold", "0.15")
    lines = answers_of(run(*asked))
    assert [line["explanation"] for line in lines] == said["explanations"]
    assert [line["label"] for line in lines] == said["labels"]
    run(*asked, "--output", tmp_path / "a.csv")
    table = read_table(tmp_path / "a.csv")
    hours = [float(row["contribution_HORA-I"]) for row in table]
    assert hours == [explanation["contributions"]["HORA-I"] for explanation in said["explanations"]]


def test_faults_name_the_line(tmp_path: Path) -> None:
    """Every fault of the batch has its line and field; nothing of the batch is answered, and the status is 1."""
    rows = sample("delay", 20)
    rows[15]["OPERA"] = "Grupo LATAN"
    rows[15]["HORA-I"] = "9.0"
    rows[17]["DIA-I"] = None
    done = run("predict", "delay", *MODELS_DIR, source := write_csv(tmp_path / "r.csv", rows))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"error: {source} has 3 faults; --on-error skip goes on without such rows",
        "  line 17, OPERA: 'Grupo LATAN' is unknown; did you mean 'Grupo LATAM'?",
        "  line 17, HORA-I: '9.0' is not an integer: expected an integer from 0 to 23",
        "  line 19, DIA-I: null is not an integer: expected an integer from 1 to 31",
    ]


def test_a_batch_before_the_fault_is_answered(tmp_path: Path) -> None:
    """What was answered stays in the output: whole hundreds, up to the one with the fault."""
    rows = sample("delay", 250)
    rows[210]["MES-I"] = 13
    output = tmp_path / "a.jsonl"
    done = run("predict", "delay", *MODELS_DIR, write_jsonl(tmp_path / "r.jsonl", rows), "--output", output)
    assert done.exit_code == 1
    assert "line 211, MES-I: 13 is out of range" in done.stderr
    assert [line["line"] for line in json_lines(output)] == list(range(1, 201))


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_skipping_loses_no_other_row(tmp_path: Path, suffix: str) -> None:
    """More faulty rows than a refusal lists: each has its error, each other its own answer, in their places."""
    rows = sample("delay", 430)
    bad = set(random.Random(2).sample(range(430), 260)) | set(range(100, 200))
    broken = [{**row, "OPERA": "Nobody Air", "DIA-I": 32} if at in bad else row for at, row in enumerate(rows)]
    output = tmp_path / f"a{suffix}"
    source = write_csv(tmp_path / "r.csv", broken)
    done = run("predict", "delay", *MODELS_DIR, source, "--on-error", "skip", "--output", output)
    assert done.exit_code == 1
    assert f"error: {len(bad)} of 430 rows could not be answered" in done.stderr
    lines = json_lines(output) if suffix == ".jsonl" else read_table(output)
    assert len(lines) == 430
    for at, (line, (prediction, _)) in enumerate(zip(lines, expected("delay", rows), strict=True)):
        assert bool(line.get("error")) == (at in bad)
        if at in bad:
            assert line["error"].startswith("OPERA: 'Nobody Air' is unknown")
            assert "DIA-I: 32 is out of range" in line["error"]
        elif suffix == ".jsonl":
            assert line["prediction"] == prediction
        else:
            assert float(line["probability_1"]) == prediction[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-",), "add --format"),
        (("-", "--format", "parquet"), "standard input does not have"),
        (("FILE", "--json", "{}"), "FILE and --json cannot both be given"),
        (("FILE", "--output", "FILE"), "--output is FILE itself"),
        (("FILE", "--output", "a.json"), "end it in .csv, .jsonl"),
        (("FILE", "--threshold", "2"), "not in the range 0<=x<=1"),
        (("README.md",), "its name tells no format"),
    ],
)
def test_what_cannot_be_done_is_refused_first(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """The line says why; no file is read or written."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 1))
    (tmp_path / "README.md").write_text("")
    names = {"FILE": str(source), "README.md": str(tmp_path / "README.md")}
    done = run("predict", "delay", *MODELS_DIR, *(names.get(part, part) for part in arguments))
    assert done.exit_code in (1, 2)
    assert message in done.stderr


def test_standard_input_is_a_file(tmp_path: Path) -> None:
    """Its format is stated; rows come out as they come in."""
    rows = sample("income", 7)
    text = write_csv(tmp_path / "r.csv", rows).read_bytes()
    done = run("predict", "income", *MODELS_DIR, "-", "--format", "csv", stdin=text)
    assert [(line["prediction"], line["label"]) for line in answers_of(done)] == expected("income", rows)


def test_an_array_on_the_command_line_is_a_file_of_items() -> None:
    """A line each, with the item's number."""
    rows = sample("delay", 2)
    lines = answers_of(run("predict", "delay", *MODELS_DIR, "--json", json.dumps(rows)))
    assert [(line["item"], line["prediction"]) for line in lines] == [
        (at, prediction) for at, (prediction, _) in enumerate(expected("delay", rows), start=1)
    ]


def test_without_rows_the_example_is_answered() -> None:
    """So that the first call of a new model needs nothing but its name."""
    done = run("predict", "delay", *MODELS_DIR)
    assert done.stderr == "no FILE and no --json: this is the model's own example\n"
    ((prediction, label),) = expected("delay", [EXAMPLE])
    assert (json.loads(done.stdout)["prediction"], json.loads(done.stdout)["label"]) == (prediction, label)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Twelve times the rows, and the peak of what Python allocates stays where it was."""
    peaks = []
    for rows in (500, 6_000):
        source = write_csv(tmp_path / f"{rows}.csv", sample("delay", 500) * (rows // 500))
        tracemalloc.start()
        assert run("predict", "delay", *MODELS_DIR, source, "--output", tmp_path / "a.csv").exit_code == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize(
    ("missing", "arguments", "said"),
    [
        (
            "pyarrow",
            ("predict", "delay", "r.parquet"),
            "Parquet needs pyarrow: pip install '.[parquet]' in the project's folder",
        ),
        (
            "urllib3",
            ("query", "http://127.0.0.1:1", "delay"),
            "query needs urllib3: pip install '.[query]' in the project's folder",
        ),
        (
            "rich",
            ("query", "http://127.0.0.1:1", "delay"),
            "query needs rich: pip install '.[query]' in the project's folder",
        ),
    ],
)
def test_a_missing_extra_is_one_line(tmp_path: Path, missing: str, arguments: tuple[str, ...], said: str) -> None:
    """What is not installed is named with the command that installs it."""
    write_parquet(tmp_path / "r.parquet", sample("delay", 1))
    (tmp_path / "models").symlink_to(MODELS)
    code = f"import sys; sys.modules[{missing!r}] = None; from challenge_neuralworks.cli import main; main()"
    done = subprocess.run(
        [*command()[:1], "-c", code, *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"error: {said}\n")


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    """A CSV file is answered with neither scikit-learn nor pandas nor NumPy nor pyarrow."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 3))
    code = (
        "import sys; from challenge_neuralworks.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "print([name for name in ('sklearn', 'pandas', 'numpy', 'pyarrow', 'urllib3', 'rich') if name in sys.modules])"
    )
    arguments = ["predict", "delay", str(source), "--output", str(tmp_path / "a.csv")]
    done = subprocess.run(
        [*command()[:1], "-c", code, *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
