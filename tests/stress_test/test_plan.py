"""Shapes, options and limits of a run."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from stress_test.options import plan_of, read_options
from stress_test.plan import Thresholds, read_plan, read_weights
from stress_test.shapes import SHAPES, Pace, users_at
from stress_test.target import Refused, check_host
from stress_test.verdict import Outcome, outcomes, reasons, table, told

GOOD = Outcome("all", 1_000, 1_000, 0, 0, 10.0, {"p50": 1.0, "p90": 2.0, "p99": 3.0, "p99.9": 4.0})


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("steady", [100, 100, 100, 100, 100]),
        ("soak", [100, 100, 100, 100, 100]),
        ("challenge", [100, 100, 100, 100, 100]),
        ("ramp", [10, 32, 55, 78, 98]),
        ("spike", [10, 10, 100, 10, 10]),
    ],
)
def test_users_over_time(shape: str, expected: list[int]) -> None:
    """After 0, 25, 50, 75 and 98 of 100 seconds; then it ends."""
    assert [users_at(shape, elapsed_s, 100, 100) for elapsed_s in (0, 25, 50, 75, 98)] == expected
    assert users_at(shape, 100, 100, 100) is None


def test_no_course_needs_more_users_than_are_allowed() -> None:
    """The most is the most, also where it is less than what a ramp begins with."""
    for shape in SHAPES:
        assert {users_at(shape, second, 3, 60) for second in range(60)} <= {1, 2, 3}


def test_a_shape_brings_its_own_users_and_time() -> None:
    """What is not said is the shape's: the ramp goes to 1,000 users at one request a second each."""
    plan = plan_of(read_options(["--shape", "ramp"])[0])
    assert (plan.users, plan.time_s, plan.rate) == (1_000, 60, 1.0)
    assert plan_of(read_options(["--shape", "challenge"])[0]).time_s == 45
    assert plan_of(read_options([])[0]).time_s <= 60


def test_every_option_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument counts more than its variable; what Locust knows is passed on."""
    monkeypatch.setenv("STRESS_MAX_P99_MS", "12.5")
    monkeypatch.setenv("STRESS_USERS", "7")
    options, others = read_options(["--users", "8", "--master", "--expect-workers", "2"])
    assert (options.max_p99_ms, options.users) == (12.5, 8)
    assert others == ["--master", "--expect-workers", "2"]


def test_a_plan_survives_its_text() -> None:
    """Each process gets the same plan."""
    plan = plan_of(read_options(["--weights", "batch=0"])[0])
    assert read_plan({"STRESS_PLAN": plan.to_json()}) == plan
    with pytest.raises(SystemExit, match="python -m stress_test"):
        read_plan({})


@pytest.mark.parametrize("arguments", [["--users", "-1"], ["--time", "100000"], ["--requests", "0"], ["--rows", "0"]])
def test_a_run_is_bounded(arguments: list[str]) -> None:
    """In users, time and number."""
    with pytest.raises(ValueError, match=r"must be from 1 to"):
        plan_of(read_options(arguments)[0])


@pytest.mark.parametrize(
    "text", ["single=-1", "nobody=1", "single=0,batch=0,explain=0,protocol=0,abusive=0", "single=x"]
)
def test_weights_that_cannot_be(text: str) -> None:
    """Unknown kinds, and weights that leave nobody."""
    with pytest.raises(ValueError, match=r"weights|invalid literal"):
        read_weights(text)


@pytest.mark.parametrize("host", ["http://192.0.2.7", "https://abc.execute-api.us-east-1.amazonaws.com/dev"])
def test_another_machine_is_not_loaded(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is said to be meant; the refusal says why."""
    with pytest.raises(Refused, match=r"costs money.*STRESS_REMOTE=yes"):
        check_host(host)
    monkeypatch.setenv("STRESS_REMOTE", "yes")
    assert check_host(host + "/") == host


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "http://127.0.0.9/dev"]
)
def test_this_machine_is_loaded(host: str) -> None:
    """Every name and number of it."""
    assert check_host(host) == host


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "file:///etc/passwd", "http://", "http://localhost.example.com"])
def test_a_host_is_a_url_of_this_machine(host: str) -> None:
    """No other scheme, and no name that merely looks like it."""
    with pytest.raises(Refused):
        check_host(host)


@pytest.mark.parametrize(
    ("change", "limits", "reason"),
    [
        ({}, Thresholds(), ""),
        ({"right": 999, "wrong": 1}, Thresholds(error_rate=0.5), "1 wrong answers, and there must be none"),
        ({"right": 990, "failed": 10}, Thresholds(error_rate=0.009), "1.0000% of the requests got no right answer"),
        ({"right": 990, "failed": 10}, Thresholds(error_rate=0.01), ""),
        ({}, Thresholds(p50_ms=0.5), "half of the answers took over 1 ms"),
        ({}, Thresholds(p99_ms=2.9), "one answer in a hundred took over 3 ms"),
        ({}, Thresholds(right_per_s=100.5), "100.0 right answers a second, under 100.5"),
        ({"sent": 0, "right": 0}, Thresholds(), "nothing was sent"),
    ],
)
def test_limits(change: dict[str, Any], limits: Thresholds, reason: str) -> None:
    """Each limit by itself makes a run fail, and is named with both numbers; silence is no success."""
    found = reasons(GOOD._replace(**change), limits)
    assert len(found) == bool(reason)
    assert all(reason in sentence for sentence in found)


def test_locusts_statistics_are_read() -> None:
    """Wrong answers are told from failures; of other processes errors are texts."""
    entry = SimpleNamespace(name="single", num_requests=10, num_failures=3, get_response_time_percentile=lambda _: 2.5)
    errors = {
        1: SimpleNamespace(name="single", error=ValueError("wrong answer"), occurrences=1),
        2: SimpleNamespace(name="single", error="CatchResponseError('wrong answer')", occurrences=1),
        3: SimpleNamespace(name="single", error="CatchResponseError('status 503')", occurrences=1),
    }
    total = SimpleNamespace(**vars(entry), start_time=100.0, last_request_timestamp=102.0)
    whole = outcomes(SimpleNamespace(entries={1: entry}, errors=errors, total=total))[-1]
    assert (whole.sent, whole.right, whole.wrong, whole.failed) == (10, 7, 2, 1)
    assert whole.right_per_s == 3.5


def test_what_is_told_can_be_pasted() -> None:
    """A Markdown table, then a sentence, then the verdict."""
    lines = told([GOOD], ["too slow"]).splitlines()
    assert lines[2] == "| all | 1,000 | 1,000 | 0 | 0 | 100.0 | 1 | 2 | 3 | 4 |"
    assert lines[-2:] == ["1,000 right answers in 10.0 s, 100.0 a second; 0 wrong, 0 failed.", "FAILED: too slow."]
    assert table([GOOD]).splitlines()[1].startswith("| --- | ---: |")


def test_users_that_come_together_ask_apart() -> None:
    """Each keeps the phase it began with, as long as answers come in time: none waits for the others'."""
    phases = [0.0, 0.25, 0.5, 0.75]
    paces = [Pace(2.0, 100.0, phase) for phase in phases]
    moments = []
    for pace in paces:
        now_s = 100.0
        for _ in range(3):
            now_s += pace.wait_s(now_s)
            moments.append(now_s)
            now_s += 0.2
    assert moments == [100.0 + phase / 2 + turn / 2 for phase in phases for turn in range(3)]


def test_a_late_user_keeps_its_phase_and_makes_up_for_nothing() -> None:
    """Three seconds late at one request a second is one request, not three, and at the next moment of its own."""
    pace = Pace(1.0, 0.0, 0.0)
    assert [pace.wait_s(now_s) for now_s in (0.0, 4.1, 5.1)] == pytest.approx([0.0, 0.9, 0.9])


def test_a_pause_that_all_must_wait_for_leaves_users_apart() -> None:
    """Or they would ask together from then on, and each wait for the others: latencies would seem to grow."""
    paces = [Pace(10.0, 0.0, user / 50) for user in range(50)]
    for pace in paces:
        pace.wait_s(0.0)
    moments = sorted(0.35 + pace.wait_s(0.35) for pace in paces)
    assert [later - earlier for earlier, later in pairwise(moments)] == pytest.approx([0.002] * 49)
