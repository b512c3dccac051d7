"""What a small account carries: the plan's figures against events simulated one by one."""

from __future__ import annotations

import heapq
import random

import pytest

from challenge_neuralworks.deploy.capacity.carrying import BURST_S, answered, carried_rps
from challenge_neuralworks.deploy.capacity.demand import REFUSED, Demand, Wish, demand_on_aws
from challenge_neuralworks.deploy.capacity.erlang import environments, refused_share
from challenge_neuralworks.deploy.capacity.prices import MB_PER_VCPU, REQUESTS_PER_CONCURRENCY


def account(rps: float, service_ms: float, cold_ms: float, concurrency: int) -> tuple[Wish, Demand]:
    """Return a wish for an account, and what the plan makes of it."""
    wish = Wish(rps, None, MB_PER_VCPU, concurrency)
    return wish, demand_on_aws(wish, service_ms, service_ms, cold_ms)


def simulated(wish: Wish, needed: Demand, seconds: float, seed: int) -> int:
    """Return how many random arrivals an account answers, each event looked at: tokens, environments, cold starts."""
    draw = random.Random(seed)
    concurrency = wish.account_concurrency
    rate = concurrency * REQUESTS_PER_CONCURRENCY
    tokens, before, alive, taken, now = rate * BURST_S, 0.0, 0, 0, 0.0
    # When each environment is free again.
    free: list[float] = []
    while (now := now + draw.expovariate(wish.rps)) < seconds:
        tokens, before = min(rate * BURST_S, tokens + (now - before) * rate), now
        if tokens < 1:
            continue
        if free and free[0] <= now:
            heapq.heapreplace(free, now + needed.duration_ms / 1000)
        elif alive < concurrency:
            heapq.heappush(free, now + (needed.cold_ms + needed.duration_ms) / 1000)
            alive += 1
        else:
            continue
        tokens, taken = tokens - 1, taken + 1
    return taken


@pytest.mark.parametrize(
    ("rps", "service_ms", "cold_ms", "concurrency"),
    [
        # The test that failed: long cold starts, slow requests.
        (1_111.0, 143.0, 3_300.0, 10),
        # The same account with quick code.
        (1_111.0, 1.1, 160.0, 10),
        (300.0, 20.0, 200.0, 10),
        (300.0, 200.0, 500.0, 20),
        (300.0, 200.0, 250.0, 60),
        (300.0, 40.0, 1_500.0, 60),
        (200.0, 100.0, 200.0, 120),
        (60.0, 100.0, 300.0, 2),
        # All three limits within a few per cent of each other.
        (105.0, 80.0, 300.0, 10),
    ],
)
def test_answers_are_those_of_a_simulation(rps: float, service_ms: float, cold_ms: float, concurrency: int) -> None:
    """Over ten tests of twenty seconds, whichever limit binds: within 1 %, cold start and burst included."""
    wish, needed = account(rps, service_ms, cold_ms, concurrency)
    runs = [simulated(wish, needed, 20.0, seed) for seed in range(10)]
    assert answered(wish, needed, 20.0) == pytest.approx(sum(runs) / len(runs), rel=0.01)


def test_a_short_test_of_a_slow_function_is_its_cold_start() -> None:
    """Before the first environment is ready, each has taken one request and no more."""
    wish, needed = account(1_111.0, 143.0, 3_300.0, 10)
    assert answered(wish, needed, 3.0) == 10


@pytest.mark.parametrize(
    ("rps", "service_ms", "concurrency", "expected"),
    [
        # Quick code, ten environments: AWS's ten requests a second for each.
        (1_111.0, 1.0, 10, 100.0),
        # Slow code: as many as they can, one after the other.
        (100_000.0, 500.0, 10, 20.0),
        # Enough: all.
        (1_111.0, 1.0, 1_000, 1_111.0),
        # API Gateway's own limit.
        (12_000.0, 1.0, 2_000, 10_000.0),
        # One erlang, one environment: a half.
        (5.0, 200.0, 1, 2.5),
    ],
)
def test_what_a_warm_account_carries(rps: float, service_ms: float, concurrency: int, expected: float) -> None:
    """The least of what rate, environments and API Gateway allow."""
    assert carried_rps(*account(rps, service_ms, 200.0, concurrency)) == pytest.approx(expected, rel=1e-3)


def test_a_sudden_start_leaves_room_for_chance() -> None:
    """As many requests as come until the first environment is ready need one each; on average is too few.

    Of 3,000 sudden starts each second one brings more than the average, none more than the plan has ready.
    """
    wish, needed = account(1_111.0, 1.0, 159.0, 1_000)
    average = wish.rps * (needed.cold_ms + needed.duration_ms) / 1000
    draw = random.Random(3)
    starts = []
    for _ in range(3_000):
        came, now = 0, draw.expovariate(wish.rps)
        while now < average / wish.rps:
            came, now = came + 1, now + draw.expovariate(wish.rps)
        starts.append(came)
    assert 0.4 < sum(came > average for came in starts) / len(starts) < 0.6
    assert max(starts) <= needed.start < 1.5 * average


@pytest.mark.parametrize("busy", [0.5, 20.0, 178.0])
def test_share_and_number_are_one_formula(busy: float) -> None:
    """The number of environments is the least whose share is small enough."""
    number = environments(busy, REFUSED)
    assert refused_share(busy, number) <= REFUSED < refused_share(busy, number - 1)
    assert refused_share(busy, 0) == 1.0
