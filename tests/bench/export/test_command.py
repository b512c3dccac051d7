from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.errors import BenchError
from bench.export import command
from bench.export.environment import NoEnvironment
from bench.export.families import families
from bench.export.report import COLUMNS
from tests.making import ROOT

HERE = Path(sys.prefix)


def page(folder: Path, text: str) -> Path:
    """Write a page to document figures in."""
    path = folder / "export.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_page_gets_the_figures_and_plots(report: dict[str, Any], tmp_path: Path) -> None:
    """Between the two comments stand machine, data, effort, table and plots; the rest of the page stays."""
    path = page(tmp_path, f"# Above\n\n{command.BEGIN}\n\nold figures\n\n{command.END}\n\nbelow\n")
    command.document(report, HERE, tmp_path)
    text = path.read_text(encoding="utf-8")
    on = "2 cores, Linux on x86_64, Python 3.11.7; 1,200 real flights; 2 rounds, begun at a load average of 0.2."
    assert text.startswith(f"# Above\n\n{command.BEGIN}\n\n{on}\n\n| family ")
    assert text.endswith(f"](export-batch.svg)\n\n{command.END}\n\nbelow\n")
    assert command.figures(report) in text
    assert "old figures" not in text
    for name in command.PLOTS:
        assert f"]({name})" in text
        assert "<!-- logistic regression -->" in (tmp_path / name).read_text(encoding="utf-8")
    command.document(report, HERE, tmp_path)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", ["", command.BEGIN, f"{command.END}\n{command.BEGIN}"])
def test_a_page_without_a_place_for_figures_is_left_alone(text: str, report: dict[str, Any], tmp_path: Path) -> None:
    """The error names both comments, and nothing is drawn."""
    path = page(tmp_path, text)
    with pytest.raises(command.NoPlace, match="must hold"):
        command.document(report, HERE, tmp_path)
    assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_the_report_holds_every_round(
    report: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command measures in its own environment, prints the table and writes all that it was made of."""
    measured = {"data": report["data"], "families": report["families"]}
    asked: list[dict[str, Any]] = []

    def ran(venv: Path, root: Path, module: str, message: str) -> str:
        assert (venv, root, module) == (tmp_path / "venv", ROOT, "bench.export.worker")
        asked.append(json.loads(message))
        return json.dumps(measured)

    monkeypatch.setattr(command, "prepare", lambda _venv: {"treelite": "not here", "plots": "not here"})
    monkeypatch.setattr(command, "run", ran)
    output = tmp_path / "reports" / "bench_export.json"
    options = ["--rounds", "3", "--venv", str(tmp_path / "venv"), "--data", "flights.csv", "--output", str(output)]
    assert command.main(options) == 0
    assert asked == [
        {"rounds": 3, "singles": 200, "seed": 42, "data": "flights.csv", "missing": {"treelite": "not here"}}
    ]
    written = json.loads(output.read_text(encoding="utf-8"))
    assert written["families"] == report["families"]
    assert {"cpu", "cores", "python", "commit"} <= set(written["machine"])
    assert written["load_average"] >= 0.0
    assert capsys.readouterr().out == command.figures(written) + "\n"


def test_without_an_environment_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason is said, and no report is written that looks like one."""

    def missing(_venv: Path) -> dict[str, str]:
        raise NoEnvironment("no package index")

    monkeypatch.setattr(command, "prepare", missing)
    assert command.main(["--output", str(tmp_path / "bench.json")]) == 2
    assert capsys.readouterr().err == "error: no package index\n"
    assert list(tmp_path.iterdir()) == []
    assert issubclass(NoEnvironment, BenchError)


@pytest.mark.parametrize("rounds", ["0", "-1", "some"])
def test_no_rounds_are_refused(rounds: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing measured is nothing known."""
    with pytest.raises(SystemExit):
        command.parser().parse_args(["--rounds", rounds])
    assert rounds in capsys.readouterr().err


def test_the_docs_show_the_table() -> None:
    """The documented table has these columns, and just the families that a run measures."""
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    shown = text.partition(command.BEGIN)[2].partition(command.END)[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in shown.splitlines() if line[:1] == "|"]
    assert lines[0] == list(COLUMNS)
    assert [line[0] for line in lines[2:] if line[0]] == [family.name for family in families()]
    for name in command.PLOTS:
        assert f"]({name})" in shown
        assert (ROOT / "docs" / name).is_file()
