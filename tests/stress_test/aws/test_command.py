"""The whole command, on a small scale."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stress_test.running import planted, run, toy
from tests.stress_test.test_make import shown

AWS = "stress_test.aws"
SMALL = ("--model", "toy", "--rps", "20", "--seconds", "2", "--concurrency", "1", "--check-seconds", "0")
# A busy machine may send late; what it sends is counted all the same.
LOOSE = ("--tolerance", "0.4", "--max-late-ms", "20000", "--reports", "reports")


def test_a_small_account_fails_and_the_planned_one_does_not(tmp_path: Path) -> None:
    """Concurrency 1: the slow function is held by its environment, ours by the rate; as planned, each is right."""
    models = toy(tmp_path / "models")
    times = ("--service-ms", "200", "--cold-ms", "300")
    done = run(AWS, *SMALL, *LOOSE, *times, "--models-dir", models, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads((tmp_path / "reports" / "aws.json").read_text(encoding="utf-8"))
    slow, ours, planned = content["runs"]
    assert [one["sent"] for one in (slow, ours, planned)] == [40] * 3
    for small in (slow, ours):
        counts = small["counts"]
        assert counts["right"] + counts["refused"] == 40
        assert counts["right"] == sum(second["counts"].get("right", 0) for second in small["by_second"])
        assert small["cold_starts"] == 1
    # An environment of 200 ms makes five a second; the account's rate, which binds quick code, is ten.
    assert slow["counts"]["right"] < ours["counts"]["right"] < planned["counts"]["right"] == 40
    assert planned["account"]["concurrency"] == content["plan"]["needed"]["concurrency"]
    assert "1 carries 10 requests a second" in content["plan"]["no"][0]
    picture = (tmp_path / "reports" / "aws.svg").read_text(encoding="utf-8")
    assert picture.count("<g transform=") == picture.count("</g>") == 6
    assert (tmp_path / "reports" / "aws.md").read_text(encoding="utf-8").rstrip().endswith("Passed.")


def test_a_wrong_answer_fails_the_whole(tmp_path: Path) -> None:
    """One coefficient of what is served is off by a millionth: the status is 1, and a request is shown.

    Requests that were sent late fail it as well: then the rate was another.
    """
    models, served = toy(tmp_path / "models"), planted(tmp_path / "served")
    arguments = (
        *SMALL,
        *LOOSE,
        "--rps",
        "60",
        "--seconds",
        "0.5",
        "--cold-ms",
        "150",
        "--service-ms",
        "50",
        "--max-late-ms",
        "0",
    )
    done = run(AWS, *arguments, "--models-dir", models, "--serve", served, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    failed = done.stdout.partition("FAILED: ")[2]
    assert " wrong answers, such as POST /inference/toy" in failed
    assert "as planned: one request in a hundred was sent over " in failed


def test_what_cannot_be_simulated_is_refused_in_words(tmp_path: Path) -> None:
    """An option out of its bounds, and models that are not there; status 2."""
    done = run(AWS, "--concurrency", "100000", folder=tmp_path)
    assert (done.returncode, "--concurrency is 100000, which must be from 1 to 1,000" in done.stderr) == (2, True)
    done = run(AWS, "--models-dir", "nowhere", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_make_passes_the_time_on() -> None:
    """As its option."""
    assert shown("stress-aws", "TIME=5", "ARGS=--rps 100").split()[1:] == [
        *("-m", "stress_test.aws", "--seconds", '"5"', "--rps", "100")
    ]
