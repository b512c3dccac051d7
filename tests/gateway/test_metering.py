"""Throttles and quotas together, in AWS's order."""

from __future__ import annotations

import threading
from fractions import Fraction

from challenge_neuralworks.gateway.access import ApiKey
from challenge_neuralworks.gateway.metering import Meter
from challenge_neuralworks.gateway.plans import PlanKey, UsagePlan, UsagePlans
from challenge_neuralworks.gateway.quotas import Quota
from challenge_neuralworks.gateway.refusals import QUOTA_EXCEEDED, THROTTLED, Refusal
from challenge_neuralworks.gateway.throttling import NS_PER_S, Throttle

ALICE, BOB, FREE = ApiKey.of("alice"), ApiKey.of("bob"), ApiKey.of("free")
WIDE = Throttle(Fraction(10_000), 5_000)


class Clock:
    """A clock that goes on when told."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        """Return nanoseconds."""
        return self.now_ns

    def pass_s(self, seconds: int) -> None:
        """Let time pass."""
        self.now_ns += seconds * NS_PER_S


def meter(plan: UsagePlan, clock: Clock, stage: Throttle | None = None, account: Throttle = WIDE) -> Meter:
    """Return a meter with two keys of one plan."""
    keys = {"alice": PlanKey("plan", ALICE.digest), "bob": PlanKey("plan", BOB.digest)}
    return Meter(UsagePlans(account, stage, {"plan": plan}, keys), clock, lambda: clock() / NS_PER_S)


def ask(meter: Meter, key: ApiKey | None, requests: int) -> list[Refusal | None]:
    """Return what becomes of so many requests at one moment, without repetitions."""
    return list(dict.fromkeys(meter.refusal(key) for _ in range(requests)))


def allowed(meter: Meter, key: ApiKey | None, requests: int = 100) -> int:
    """Return how many of so many requests at one moment pass."""
    return [meter.refusal(key) for _ in range(requests)].count(None)


def test_each_key_has_a_bucket_of_its_own() -> None:
    """What one key uses up, another of the same plan still has."""
    clock = Clock()
    metered = meter(UsagePlan(Throttle(Fraction(2), 5)), clock)
    assert (allowed(metered, ALICE), allowed(metered, BOB)) == (5, 5)
    clock.pass_s(1)
    assert (allowed(metered, ALICE), ask(metered, ALICE, 3)) == (2, [THROTTLED])


def test_key_without_a_plan_is_bound_by_the_stage_and_the_account_alone() -> None:
    """So is a request without a key; the narrower of both counts, for all together."""
    clock = Clock()
    metered = meter(UsagePlan(Throttle(Fraction(1), 1)), clock, stage=Throttle(Fraction(1), 7))
    assert (allowed(metered, FREE, 4), allowed(metered, None)) == (4, 3)
    account = meter(UsagePlan(), clock, account=Throttle(Fraction(1), 3))
    assert (allowed(account, None, 1), allowed(account, ALICE, 1), allowed(account, FREE)) == (1, 1, 1)


def test_who_is_refused_takes_nothing() -> None:
    """A key over its rate costs neither the stage a token nor itself a piece of its quota."""
    clock = Clock()
    plan = UsagePlan(Throttle(Fraction(1), 2), Quota(3, "DAY"))
    metered = meter(plan, clock, stage=Throttle(Fraction(1), 6))
    assert ask(metered, ALICE, 50) == [None, THROTTLED]
    assert allowed(metered, FREE) == 4
    clock.pass_s(60)
    assert ask(metered, ALICE, 50) == [None, QUOTA_EXCEEDED]
    # One was allowed: of the stage's six tokens five are left.
    assert allowed(metered, FREE) == 5


def test_throttle_comes_before_the_quota() -> None:
    """A key that is over both hears of its rate."""
    metered = meter(UsagePlan(Throttle(Fraction(1), 2), Quota(2, "DAY")), Clock())
    assert ask(metered, ALICE, 5) == [None, THROTTLED]


def test_quota_is_each_key_s_own_and_returns_with_its_period() -> None:
    """Two keys of a plan have the whole quota each, and again the next day."""
    clock = Clock()
    metered = meter(UsagePlan(quota=Quota(10, "DAY")), clock)
    assert (allowed(metered, ALICE), allowed(metered, BOB), ask(metered, BOB, 1)) == (10, 10, [QUOTA_EXCEEDED])
    clock.pass_s(86_400)
    assert (allowed(metered, ALICE), allowed(metered, FREE)) == (10, 100)


def test_threads_get_no_request_more() -> None:
    """Eight threads at once: the quota, and the tokens, to the last one."""
    clock = Clock()
    metered = meter(UsagePlan(Throttle(Fraction(1), 3_000), Quota(2_000, "DAY")), clock)
    passed: list[int] = []
    barrier = threading.Barrier(8)

    def run() -> None:
        barrier.wait()
        passed.append(allowed(metered, ALICE, 1_000))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(passed), allowed(metered, BOB, 2_500)) == (2_000, 2_000)
