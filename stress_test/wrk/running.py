"""A run of wrk: its exchanges written, the process watched, what it counted read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from stress_test.children import child
from stress_test.exchanges import single
from stress_test.plan import KEY_VARIABLE
from stress_test.target import Refused
from stress_test.verdict import Outcome

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row
    from stress_test.target import Target

SCRIPT = Path(__file__).with_name("right_answers.lua")
POLL_S = 0.02
SHARES = ("p50", "p90", "p99", "p99.9")


class Run(NamedTuple):
    """What to do.

    requests : right answers to come, then it ends; 0 asks for as many as there are until ``seconds`` are over.
    seconds : how long at most.
    connections : kept open, each by a thread of its own.
    """

    requests: int
    seconds: int
    connections: int


class Exchanges(NamedTuple):
    """What is sent to one path, and known of the answers.

    pairs : body and the text of its right answer, neither with a tab or an end of line.
    mark : stands before an answer's numbers; an answer that begins with it says nothing of what stands before that.
    """

    path: str
    pairs: Sequence[tuple[str, str]]
    mark: str = '"prediction":'


def run(model: Model, rows: Sequence[Row], loaded: Target, asked: Run) -> tuple[Outcome, str]:
    """Return what came of a run, and the first wrong answer in words, "" where all were right.

    Raises
    ------
    Refused : wrk is not installed, or says nothing.
    """
    known = [single(model, row) for row in rows]
    pairs = [(one.body, json.dumps(one.expected, ensure_ascii=False, separators=(",", ":"))) for one in known]
    return drive(Exchanges(f"/inference/{model.name}", pairs), loaded, asked)


def drive(exchanges: Exchanges, loaded: Target, asked: Run) -> tuple[Outcome, str]:
    """Return what `run` does, of exchanges that are known to be right.

    Raises
    ------
    Refused : wrk is not installed, or says nothing.
    """
    wrk = find_wrk()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, exchanges.pairs, asked.connections)
        limit = 0 if asked.requests else asked.seconds
        # A second more than answers are counted, because not all threads begin at once.
        duration = asked.seconds + 1
        load = ["-t", str(asked.connections), "-c", str(asked.connections), "-d", f"{duration}s", "--timeout", "30s"]
        arguments = [
            str(folder),
            f"{urlsplit(loaded.url).path}{exchanges.path}",
            str(asked.requests),
            str(asked.connections),
            str(limit),
            exchanges.mark,
        ]
        environ = {**os.environ, KEY_VARIABLE: loaded.key}
        said = folder / "output"
        with said.open("w", encoding="utf-8") as output:
            command = [wrk, *load, "-s", str(SCRIPT), loaded.url, "--", *arguments]
            with child(command, environ, output=output) as process:
                _watch(process, said, asked, loaded)
        return _read(said.read_text(encoding="utf-8", errors="replace"))


def find_wrk() -> str:
    """Return the path of wrk.

    Raises
    ------
    Refused : it is not installed.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        raise Refused("wrk is not installed: apt-get install wrk (Debian, Ubuntu) or brew install wrk (macOS)")
    return wrk


def _write(folder: Path, pairs: Sequence[tuple[str, str]], threads: int) -> None:
    for number in range(threads):
        # A thread without a pair of its own begins with another's.
        own = pairs[number::threads] or pairs[:1]
        lines = [f"{body}\t{answer}" for body, answer in own]
        (folder / f"{number}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _watch(process: subprocess.Popen[str], said: Path, asked: Run, loaded: Target) -> None:
    while process.poll() is None:
        if fate := loaded.fate():
            raise Refused(fate)
        if said.read_text(encoding="utf-8").count("thread done") >= asked.connections:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)
        time.sleep(POLL_S)


def _read(text: str) -> tuple[Outcome, str]:
    lines = {line.partition("\t")[0]: line.split("\t")[1:] for line in text.splitlines() if "\t" in line}
    if "result" not in lines:
        raise Refused(f"wrk ended without a result: {text.strip()[-500:] or 'it said nothing'}")
    right, wrong, failed = (int(number) for number in lines["result"][:3])
    elapsed_s, *times = (float(number) for number in lines["result"][3:])
    latencies = dict(zip(SHARES, times, strict=True))
    outcome = Outcome("single", right + wrong + failed, right, wrong, failed, elapsed_s, latencies)
    return outcome, lines.get("example", [""])[0]
