from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import command
from bench.errors import EmulatorMissing
from bench.events import kinds
from bench.measurements import Effort, Measurements, rows_of
from bench.startup import ImportCost
from bench.table import COLUMNS
from tests.making import ROOT

KINDS = kinds(ROOT)
MIB = 1024 * 1024


def measurements(cold_ms: float = 12.0) -> Measurements:
    """Return what a run could have measured, all within its budgets unless told."""
    times = {"p50_us": 14.0, "p99_us": 40.0}
    least = {"p50_us": 10.0, "p99_us": 20.0}
    return Measurements(
        cold_starts=[{"order": ["ours", "empty"], "ours": cold_ms, "empty": 10.0}],
        startups=[{"import_ms": 5.0, "first_request_ms": 2.5}],
        imports=[ImportCost("typing", 2.0)],
        requests=[
            {"kind": kind.name, "order": ["ours", "baseline"], "ours": times, "baseline": least}  # type: ignore[typeddict-item]
            for kind in KINDS
        ],
        memory=[{"ours": 15.0, "empty": 14.0}],
        shipped_bytes={"dependencies": MIB, "package": MIB // 2, "models": 0},
    )


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measurements:
    """Replace the measurements: how long they take is not what is tested."""
    found = measurements()
    monkeypatch.setattr(command, "fetch_emulator", lambda _cache: Path("emulator"))
    monkeypatch.setattr(command, "measure", lambda *_arguments: found)
    return found


def test_every_promise_has_a_row() -> None:
    """The budgets of the project are all in the table, each on the figure that it is about."""
    rows = {row.what: row for row in rows_of(measurements(), KINDS)}
    limits = {what: (row.budget.limit, row.budget.of) for what, row in rows.items() if row.budget}
    assert limits == {
        "cold start, to the first answer": (1.25, "ratio"),
        "import and first request": (20.0, "ours"),
        "REST API (v1), p50": (2.0, "ratio"),
        "HTTP API (v2), p50": (2.3, "ratio"),
        "load balancer, p50": (2.3, "ratio"),
        "direct, 100 instances, p50": (1.5, "ratio"),
        "delay explained, p50": (3.0, "ratio"),
        "income explained, p50": (3.0, "ratio"),
        "peak memory, 1,000 requests": (1.25, "ratio"),
        "unzipped size": (5.0, "ours"),
    }
    assert rows["import and first request"].ours == 7.5
    assert rows["unzipped size"].ours == 1.5
    assert rows["REST API (v1), p99"].ratio == 2.0


def test_the_report_holds_every_round(
    measured: Measurements, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever doubts the table can compute it again."""
    path = tmp_path / "reports" / "bench.json"
    assert command.main(["--check", "--output", str(path)]) == 0
    report = json.loads(path.read_text())
    assert report["rounds"]["cold_starts"] == measured.cold_starts
    assert report["rounds"]["imports"] == [{"module": "typing", "own_ms": 2.0}]
    assert report["effort"] == {"rounds": 40, "memory_rounds": 5, "traces": 5, "seed": 42}
    assert {"cpu", "cores", "python", "awslambdaric", "emulator", "commit"} <= set(report["machine"])
    assert [row["within"] for row in report["rows"]].count(False) == 0
    assert "| cold start, to the first answer |" in capsys.readouterr().out


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--check"], 1)])
def test_a_broken_budget_is_reported_and_fails_only_a_check(
    options: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Measuring on a busy machine is no error; a check is there to be one."""
    monkeypatch.setattr(command, "fetch_emulator", lambda _cache: Path("emulator"))
    monkeypatch.setattr(command, "measure", lambda *_arguments: measurements(cold_ms=13.0))
    assert command.main([*options, "--output", str(tmp_path / "bench.json")]) == code
    assert capsys.readouterr().err == "over budget: cold start, to the first answer\n"


def test_without_the_emulator_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The reason is said, and no report is written that looks like one."""

    def missing(_cache: Path) -> Path:
        raise EmulatorMissing("not here")

    monkeypatch.setattr(command, "fetch_emulator", missing)
    assert command.main(["--output", str(tmp_path / "bench.json")]) == 2
    assert capsys.readouterr().err == "error: not here\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "effort"),
    [
        ([], Effort(40, 5, 5, 42)),
        (["--quick"], Effort(5, 1, 5, 42)),
        (["--rounds", "3", "--seed", "7"], Effort(3, 1, 3, 7)),
    ],
)
def test_effort_follows_the_options(options: list[str], effort: Effort) -> None:
    """Fewer rounds of one thing are fewer of all."""
    assert command.effort_of(command.parser().parse_args(options)) == effort


def test_no_rounds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing measured is nothing known."""
    with pytest.raises(SystemExit):
        command.parser().parse_args(["--rounds", "0"])
    assert "0 is not 1 or more" in capsys.readouterr().err


def test_the_docs_show_the_table() -> None:
    """The documented table has these columns, and just the rows that a run prints."""
    lines = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    start = cells.index(list(COLUMNS))
    documented = [row[0] for row in cells[start + 2 : start + 2 + len(rows_of(measurements(), KINDS))]]
    assert documented == [row.what for row in rows_of(measurements(), KINDS)]
