"""What a person at a terminal sees: tables, a bar, and the end after Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import termios
import time
from pathlib import Path

import pytest

from tests.cli.files import EXAMPLE, read_table, write_csv
from tests.cli.live import KEY, Turn, command, environment, expected, model, sample, scripted
from tests.making import ROOT


def on_a_terminal(*arguments: str | Path, columns: int = 100) -> tuple[int, str]:
    """Run a command with a terminal as standard output and error; return its status and what the terminal shows."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    variables = environment(NEURALWORKS_API_KEY=KEY, TERM="xterm", NO_COLOR="1")
    with subprocess.Popen(command(*arguments), cwd=ROOT, env=variables, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 65536):
                shown += block
        except OSError:
            # What Linux says when the other end is closed.
            pass
        os.close(ours)
    return process.returncode, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r\n", "\n")


def test_a_terminal_sees_a_table(tmp_path: Path, api: str) -> None:
    """Fields, probability and label in columns; errors and warnings beneath, with their lines."""
    rows = sample("delay", 3)
    rows[0] = EXAMPLE
    rows[1] = {**EXAMPLE, "OPERA": "Grupo LATAN"}
    rows[2] = {**EXAMPLE, "OPERA": "grupo latam"}
    status, shown = on_a_terminal("query", api, "delay", write_csv(tmp_path / "r.csv", rows), "--on-error", "skip")
    assert status == 1
    values = [str(value) for value in EXAMPLE.values()]
    others = [*values[1:], "0.2795", "1"]
    for cells in (["line", *EXAMPLE, "P(1)", "label"], ["2", *values, *others[-2:]], ["4", "grupo latam", *others]):
        assert re.search(rf"^ *{r' +'.join(map(re.escape, cells))} *$", shown, re.MULTILINE), cells
    assert re.search(r"^ *3 +Grupo LATAN .* Viernes *$", shown, re.MULTILINE)
    assert "line 3: error: OPERA: 'Grupo LATAN' is unknown; did you mean 'Grupo LATAM'?" in shown
    assert "line 4: warning: 'grupo latam' was read as 'Grupo LATAM'" in shown


def test_a_narrow_terminal_sees_every_digit(tmp_path: Path, api: str) -> None:
    """Where columns do not fit, what was given becomes a sentence; the answer stays whole."""
    rows = sample("income", 3)
    status, shown = on_a_terminal("query", api, "income", write_csv(tmp_path / "r.csv", rows), columns=80)
    assert status == 0
    wanted = expected("income", rows)
    for at, (prediction, label) in enumerate(wanted):
        start = rf"^ *{at + 2} +age {rows[at]['age']}, workclass .* {prediction[1]:.4f} +{label} *$"
        assert re.search(start, shown, re.MULTILINE)
    assert max(map(len, shown.splitlines())) <= 80


def test_a_terminal_sees_one_row_upright(api: str) -> None:
    """A line for each field, and the three strongest contributions."""
    status, shown = on_a_terminal("query", api, "delay", "--explain", columns=60)
    assert status == 0
    cells = [re.split(r"\s*│\s*", line)[1:-1] for line in shown.splitlines() if line.startswith("│")]
    contributions = model("delay").explain(EXAMPLE).contributions
    strongest = sorted(contributions, key=lambda name: -abs(contributions[name]))[:3]
    assert cells[:7] == [[name, str(value)] for name, value in EXAMPLE.items()]
    assert cells[7:9] == [["P(1)", "0.2795"], ["label", "1"]]
    assert [value for _, value in cells[9:]] == [f"{name} {contributions[name]:+.3f}" for name in strongest]


def test_a_long_file_shows_a_bar_on_a_terminal(tmp_path: Path, api: str) -> None:
    """The bar fills up on standard error while answers go to the file."""
    source = write_csv(tmp_path / "r.csv", sample("delay", 300))
    status, shown = on_a_terminal("query", api, "delay", source, "--output", tmp_path / "a.csv")
    assert status == 0
    assert len(read_table(tmp_path / "a.csv")) == 300
    assert re.search(r"delay .*\b33%.*\b100%", shown, re.DOTALL)
    assert "300 rows in " in shown


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_interrupt_leaves_what_was_answered(tmp_path: Path, suffix: str) -> None:
    """Ctrl-C ends the run with 130; rows answered by then are in a file that can be read."""
    source, output = write_csv(tmp_path / "r.csv", sample("delay", 50)), tmp_path / f"a{suffix}"
    with scripted(*[Turn()] * 3, Turn(after_s=20.0)) as server:
        # A job in the background of a shell ignores interrupts, and so would what it starts.
        attentive = ("env", "--default-signal=INT")
        asked = command("query", server.url, "delay", source, "--batch-size", "10", "--output", output)
        arguments = [*attentive, *asked]
        variables = environment(NEURALWORKS_API_KEY=KEY)
        with subprocess.Popen(arguments, cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True) as process:
            deadline = time.monotonic() + 20
            while len(server.posts) < 4 and time.monotonic() < deadline:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors.startswith("interrupted after 30 rows in ")) == (130, True)
    assert [float(row["probability_1"]) for row in read_table(output)] == [0.25] * 30
