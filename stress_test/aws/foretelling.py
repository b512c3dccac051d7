"""What the capacity plan foretells of an account, and whether a run was so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.deploy.capacity.carrying import answered
from challenge_neuralworks.deploy.capacity.demand import Demand, Wish, demand_on_aws, objections
from challenge_neuralworks.deploy.capacity.prices import MB_PER_VCPU
from stress_test.aws.account import Account
from stress_test.aws.counting import FAILED, REFUSED, THROTTLED
from stress_test.checking import WRONG

if TYPE_CHECKING:
    from stress_test.aws.counting import Run

CASES = (
    # Quick code: the account's rate is the limit.
    (300.0, Account("rate", 10, 20.0, 200.0)),
    # Slow code: all environments are always busy.
    (300.0, Account("environments", 20, 200.0, 500.0)),
    # As many environments as are busy on average: chance refuses one request in ten.
    (300.0, Account("chance", 60, 200.0, 250.0)),
    # Rate and chance at once.
    (130.0, Account("rate and chance", 12, 60.0, 200.0)),
    # Too few for the start alone.
    (300.0, Account("start", 60, 40.0, 1_500.0)),
    # Enough.
    (200.0, Account("enough", 120, 100.0, 200.0)),
)
"""Requests a second, and an account that carries them or not, each for another reason."""


class Foretold(NamedTuple):
    """What the plan says of an account.

    answers : how many requests of the run get a right answer.
    no : why the rate cannot be carried; empty where it can.
    """

    needed: Demand
    answers: float
    no: list[str]


def foretell(account: Account, rps: float, seconds: float) -> Foretold:
    """Return what the plan says of a run that begins with no warm environment."""
    wish = Wish(rps, None, MB_PER_VCPU, account.concurrency)
    needed = demand_on_aws(wish, account.service_ms, account.service_ms, account.cold_ms)
    return Foretold(needed, answered(wish, needed, seconds), objections(wish, needed))


def difference(run: Run) -> float:
    """Return by which share of the foretold answers the right ones differ."""
    return abs(run.right - run.expected) / max(1.0, run.expected)


def disagreements(run: Run, tolerance: float) -> list[str]:
    """Return in what a run was not as foretold, or not a run of the account at all; a sentence each."""
    name = run.account.name
    found = [f"{name}: {run.count(kind):,} {what}" for kind, what in FAULTS.items() if run.count(kind)]
    if found and run.example:
        found[-1] += f", such as {run.example}"
    if difference(run) > tolerance:
        found.append(
            f"{name}: {run.right:,} right answers, and the plan foretold {run.expected:,.0f}; they may differ by "
            f"{tolerance:.0%}"
        )
    refused = run.count(REFUSED) + run.count(THROTTLED)
    if refused and not foretell(run.account, run.rps, run.seconds).no:
        found.append(f"{name}: {refused:,} requests were refused, and the plan said that all can be carried")
    return found


FAULTS = {WRONG: "wrong answers", FAILED: "requests without an answer, or with one that no limit explains"}
