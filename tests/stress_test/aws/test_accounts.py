"""Small accounts, simulated for a second or two: real gateways, real connections, every answer compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from challenge_neuralworks.deploy.capacity import prices
from challenge_neuralworks.store import FolderStore
from stress_test.aws.account import Account, Throttle, hosted
from stress_test.aws.connection import Answer
from stress_test.aws.counting import FAILED, REFUSED, RIGHT, THROTTLED, Run, Second, counted
from stress_test.aws.drawing import HIGH, draw
from stress_test.aws.foretelling import CASES, disagreements, foretell
from stress_test.aws.report import REPORTED
from stress_test.aws.sending import SPARE, Sent, random_arrivals, send
from stress_test.checking import WRONG
from stress_test.exchanges import Exchange, single
from stress_test.rows import draw_rows
from tests.making import ROOT
from tests.stress_test.running import planted, toy

AMPLE = Account("ample", 60, 20.0, 100.0)


def asked(folder: Path) -> list[Exchange]:
    """Return single requests of the toy model, with their right answers."""
    model = FolderStore(str(folder)).get("toy")
    return [single(model, row) for row in draw_rows(model, 50, 1)]


def simulated(account: Account, served: Path, exchanges: list[Exchange], rps: float, seconds: float) -> list[Sent]:
    """Return what became of a run's requests."""
    with hosted(account, str(served)) as loaded:
        return send(loaded, exchanges, random_arrivals(rps, seconds, 1), account.concurrency)


def test_requests_do_not_wait_for_answers(tmp_path: Path) -> None:
    """Eighty in half a second, none answered before one: all are sent before the first answer, none before it is due.

    They are more than the connections that were opened beforehand.
    """
    account = AMPLE._replace(concurrency=100, service_ms=1_000.0)
    exchanges, due = asked(toy(tmp_path)), random_arrivals(160.0, 0.5, 1)
    with hosted(account, str(tmp_path)) as loaded:
        sent = send(loaded, exchanges, due, 80 - SPARE - 10)
    assert max(one.sent_s for one in sent) < min(one.came_s for one in sent)
    assert sorted(one.due_s for one in sent) == due
    assert all(one.sent_s >= one.due_s for one in sent)
    run = counted(account, 160.0, 0.5, 80.0, exchanges, sent)
    # None was warm, so each took an environment of its own.
    assert (run.right, run.sent, run.cold) == (80, 80, 80)
    assert run.latencies_ms["p50"] >= 1_100


def test_times_count_from_when_requests_were_due(tmp_path: Path) -> None:
    """One that was sent late took long, whoever was to blame; how late it was is told apart."""
    (exchange, *_) = asked(toy(tmp_path))
    answer = Answer(200, json.dumps(exchange.expected).encode(), 0.0)
    run = counted(AMPLE, 1.0, 2.0, 2.0, [exchange], [Sent(0, 1.5, 1.75, 2.0, answer), Sent(0, 0.5, 0.5, 0.75, answer)])
    assert run.latencies_ms == {"p50": 250.0, "p99": 250.0}
    assert run.late_ms == {"p50": 0.0, "p99": 0.0, "most": 250.0}
    assert [second.due for second in run.by_second] == [1, 1]


def test_a_wrong_answer_is_found_and_shown(tmp_path: Path) -> None:
    """One coefficient off by a millionth: the run is not one of right answers, and the request is named."""
    served = planted(tmp_path / "served")
    exchanges = asked(toy(tmp_path / "models"))
    sent = simulated(AMPLE, served, exchanges, 120.0, 0.5)
    run = counted(AMPLE, 120.0, 0.5, 60.0, exchanges, sent)
    assert run.right + run.count(WRONG) == 60
    wrong = sum('"age":7' in exchanges[one.number].body for one in sent)
    assert run.count(WRONG) == wrong > 0
    assert f"ample: {wrong} wrong answers, such as POST /inference/toy" in disagreements(run, 1.0)[0]


def test_the_functions_own_500_is_no_refusal(tmp_path: Path) -> None:
    """A fault of the function is a failure that no limit explains, and is shown; API Gateway's own words are one."""
    (exchange, *_) = asked(toy(tmp_path))
    answers = [Answer(500, b'{"status": 500}', 0.0), Answer(500, b'{"message": "Internal server error"}', 0.0)]
    run = counted(AMPLE, 2.0, 1.0, 0.0, [exchange], [Sent(0, 0.5, 0.5, 0.6, answer) for answer in answers])
    assert (run.count(FAILED), run.count(REFUSED), run.right) == (1, 1, 0)
    assert "POST /inference/toy" in run.example
    assert "status 500 instead of 200" in disagreements(run, 1.0)[0]


def test_a_usage_plan_throttles_with_429(tmp_path: Path) -> None:
    """What the key may not is 429, apart from the 500 of the account; with both limits open, neither comes."""
    account = AMPLE._replace(throttle=Throttle(rate=5, burst=10))
    exchanges = asked(toy(tmp_path))
    run = counted(account, 120.0, 0.5, 60.0, exchanges, simulated(account, tmp_path, exchanges, 120.0, 0.5))
    assert run.count(THROTTLED) + run.right == run.sent == 60
    # The burst, what half a second brings, and what a slow machine lets come later.
    assert 10 <= run.right <= 30
    assert run.by_second == [Second(60, {RIGHT: run.right, THROTTLED: run.count(THROTTLED)}, run.cold)]


def made_up(right: int, refused: int, expected: float, account: Account = AMPLE, **counts: int) -> Run:
    """Return a run of a second."""
    seconds = [Second(right + refused + sum(counts.values()), {RIGHT: right, REFUSED: refused, **counts}, 3)]
    return Run(account, 100.0, 1.0, expected, seconds, {"p50": 1.0, "p99": 2.0}, {"p99": 0.5}, "")


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (made_up(100, 0, 100.0), ""),
        (made_up(96, 0, 100.0), ""),
        (made_up(94, 0, 100.0), "94 right answers, and the plan foretold 100; they may differ by 5%"),
        (made_up(106, 0, 100.0), "106 right answers, and the plan foretold 100"),
        (made_up(99, 1, 100.0), "1 requests were refused, and the plan said that all can be carried"),
        (made_up(20, 80, 20.0, AMPLE._replace(concurrency=2)), ""),
        (made_up(99, 0, 100.0, failed=1), "1 requests without an answer"),
    ],
)
def test_what_was_not_foretold_is_told(run: Run, said: str) -> None:
    """More or fewer answers than the tolerance allows, or a refusal where the plan said yes; nothing else."""
    found = disagreements(run, 0.05)
    assert len(found) == bool(said)
    assert all(said in sentence for sentence in found)


def test_the_plan_is_put_to_yes_and_no() -> None:
    """Most cases must be refused, by far more than the tolerance, and one must not be."""
    foretold = [(foretell(account, rps, 6.0), rps) for rps, account in CASES]
    assert [not one.no for one, _ in foretold] == [False] * 5 + [True]
    assert all(one.answers < 0.95 * rps * 6.0 for one, rps in foretold if one.no)
    assert [one.answers == rps * 6.0 for one, rps in foretold if not one.no] == [True]


def test_the_failure_is_the_one_that_was_reported() -> None:
    """With the service time that its answers make, ten environments and pandas' cold start give its right answers."""
    foretold = foretell(Account("slow", 10, 143.0, 3_300.0), 1_111.0, 45.0)
    assert foretold.answers == pytest.approx(REPORTED["right"], rel=0.01)
    assert foretold.no
    assert REPORTED["right"] + REPORTED["failed"] == REPORTED["sent"]


def test_the_usage_plan_is_that_of_production() -> None:
    """infra/stages/prd.tfvars gives its clients the same rate and burst."""
    text = (ROOT / "infra" / "stages" / "prd.tfvars").read_text(encoding="utf-8")
    assert f"standard = {{ rate = {Throttle().rate}, burst = {Throttle().burst}," in text


def test_the_docs_name_the_date_of_the_limits() -> None:
    """docs/stress_test.md says when AWS documented what is simulated, as the table of limits does."""
    text = (ROOT / "docs" / "stress_test.md").read_text(encoding="utf-8")
    assert f"as AWS documented it on {prices.AS_OF}" in text


def test_the_picture_stacks_what_was_counted() -> None:
    """Of 100 requests a quarter is right: its bar has a quarter of the height, and the refused stand on it."""
    picture = draw([made_up(25, 75, 25.0)])
    bars = [line for line in picture.splitlines() if line.startswith('<path shape-rendering="crispEdges"')]
    assert f"M0.0 {HIGH * 0.75:.1f}h280.0v{HIGH * 0.25:.1f}" in bars[0]
    assert f"M0.0 0.0h280.0v{HIGH * 0.75:.1f}" in bars[1]
    assert ">right answers<" in picture
    assert ">429<" not in picture
