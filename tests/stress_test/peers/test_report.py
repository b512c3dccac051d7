"""What a run leaves, and what its command says of it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from stress_test.peers import command
from stress_test.peers.figures import Report
from stress_test.peers.report import BEGIN, END, NoPlace, document, write
from stress_test.peers.tables import claims, functions, markdown, servers
from tests.stress_test.test_make import shown


def test_tables_hold_the_figures(report: Report) -> None:
    """Best first; medians, and between which values half of the rounds lie."""
    lines = servers(report)
    assert [line[0] for line in lines] == ["server", "OURS", "OURS-CONTAINER", "BATCHING", "SLOW"]
    assert lines[1][1:5] == ["10,000", "9,500 to 11,000", "3.00", "9.00"]
    assert [line[:2] for line in functions(report)[1:]] == [["OURS-FUNCTION", "40.0"], ["PANDAS", "1000"]]
    assert claims(report)[1:3] == [
        ["right answers a second", "BATCHING", "25.0", "20", "yes"],
        ["right answers a second, each by itself", "SLOW", "90.0", "20", "yes"],
    ]
    assert len({len(line) for line in markdown(lines).splitlines()}) == 1


def test_everything_is_written(report: Report, tmp_path: Path) -> None:
    """The report itself, tables, plots that are small enough for the docs, and a page that needs no other file."""
    report["skipped"] = {"MLflow": "it cannot be installed <here>"}
    report["faults"] = [{"name": "slow", "round": 1, "reason": "it ended"}]
    write(report, tmp_path)
    assert json.loads((tmp_path / "peers.json").read_text(encoding="utf-8")) == report
    told = (tmp_path / "peers.md").read_text(encoding="utf-8")
    assert "- No MLflow: it cannot be installed <here>." in told
    assert "- slow failed in round 2: it ended." in told
    assert "3 rounds, 5 s of load over 32 connections in each; begun at a load average of 0.2." in told
    plots = sorted(tmp_path.glob("*.svg"))
    assert [plot.name for plot in plots] == ["peers-handlers.svg", "peers-servers-needs.svg", "peers-servers.svg"]
    for plot in plots:
        text = plot.read_text(encoding="utf-8")
        assert ET.fromstring(text).tag.endswith("svg")  # noqa: S314 - written above
        assert len(text) < 60_000
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert page.count("<table>") == 3
    assert "cannot be installed &lt;here&gt;" in page
    assert "src=" not in page


def test_the_docs_get_the_figures_in_their_place(report: Report, tmp_path: Path) -> None:
    """What stands around them stays; a page without a place is refused."""
    page = tmp_path / "peers.md"
    page.write_text(f"before\n{BEGIN}\nformer figures\n{END}\nafter\n", encoding="utf-8")
    document(report, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n\n2 cores, Linux")
    assert text.endswith(
        f"![peers-servers](peers-servers.svg)\n![peers-servers-needs](peers-servers-needs.svg)\n"
        f"![peers-handlers](peers-handlers.svg)\n\n{END}\nafter\n"
    )
    assert "former" not in text
    page.write_text("no place", encoding="utf-8")
    with pytest.raises(NoPlace, match="must hold"):
        document(report, tmp_path)


def run(report: Report, folder: Path, *arguments: str) -> int:
    """Run the command over a report."""
    (folder / "peers.json").write_text(json.dumps(report), encoding="utf-8")
    return command.main(["--from-report", "--reports", str(folder), *arguments])


def test_check_passes_where_every_claim_holds(report: Report, tmp_path: Path) -> None:
    """Status 0, with and without it."""
    assert run(report, tmp_path, "--check") == 0
    assert run(report, tmp_path) == 0


def test_check_fails_where_one_does_not(report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and which claim by how much; without --check it is only in the table."""
    report["servers"][2]["rounds"][1]["right_per_s"] = 1_200
    report["servers"][2]["rounds"][2]["right_per_s"] = 1_000
    assert run(report, tmp_path, "--check") == 1
    assert capsys.readouterr().err == "broken: right answers a second: 10.0 times, not 20 (SLOW)\n"
    assert run(report, tmp_path) == 0


def test_check_fails_where_somebody_was_not_measured(
    report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is left out, or gave a wrong answer, might have been better."""
    report["skipped"] = {"MLflow": "no such package"}
    report["faults"] = [{"name": "slow", "round": 0, "reason": "slow answered '{}'"}]
    assert run(report, tmp_path, "--check") == 1
    assert capsys.readouterr().err.splitlines() == [
        "broken: MLflow was not measured: no such package",
        "broken: slow failed in round 1: slow answered '{}'",
    ]


def test_check_fails_where_nothing_was_compared(
    report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty report proves nothing."""
    report["servers"] = report["functions"] = []
    assert run(report, tmp_path, "--check") == 1
    assert capsys.readouterr().err == "broken: nothing was compared\n"


def test_without_a_report_there_is_none_to_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with status 2."""
    assert command.main(["--from-report", "--reports", str(tmp_path)]) == 2
    assert "run make bench-peers first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--peers", "fastapi,nobody"],
            "nobody: no such peer; there are ours, ours-container, fastapi, fastapi-threads",
        ),
        (["--rounds", "0"], "--rounds is 0, which must be from 1 to 50"),
        (["--seconds", "10000"], "--seconds is 10,000, which must be from 1 to 120"),
        (["--connections", "500"], "--connections is 500, which must be from 1 to 256"),
    ],
)
def test_a_run_is_bounded(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option out of its bounds, or of nobody, is refused before anything starts."""
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert said in capsys.readouterr().err


def test_chosen_peers_run_beside_ours() -> None:
    """Ours always take part: without them nothing is compared."""
    plan = command.plan_of(command.parser().parse_args(["--peers", "flask,pandas", "--quick"]))
    assert [one.name for one in plan.servers] == ["ours", "ours-container", "flask"]
    assert [one.name for one in plan.functions] == ["ours-function", "pandas"]
    assert (plan.rounds, plan.load.seconds) == (1, 2)


def test_make_passes_options_on() -> None:
    """`make bench-peers ARGS=--quick`."""
    assert shown("bench-peers", "ARGS=--quick").split()[1:] == ["-m", "stress_test.peers", "--quick"]
