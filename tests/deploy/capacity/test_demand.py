"""Concurrency by Little's law, Erlang's formula and AWS's own rules; and a clear no."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from challenge_neuralworks.deploy.capacity.demand import (
    INIT_MS,
    REFUSED,
    RUNTIME_MS,
    Wish,
    demand,
    objections,
    reservable,
)
from challenge_neuralworks.deploy.capacity.erlang import environments

WISH = Wish(1_111.0, None, 1_769, 1_000)


def test_the_rate_alone_needs_a_tenth_of_it() -> None:
    """1,111 requests a second need a concurrency of 112, however short each is."""
    assert demand(WISH, 0.001, 0.002, 1.0).by_rate == 112


def test_what_computes_is_rate_times_duration() -> None:
    """Little's law: 1,000 a second of 99 + 1 ms keep 100 environments busy."""
    assert demand(WISH._replace(rps=1_000.0), 99.0, 99.0, 1.0).busy == pytest.approx(100.0)
    assert RUNTIME_MS == 1.0


def test_less_memory_is_a_part_of_a_core() -> None:
    """A quarter of 1,769 MB takes four times as long, more than all of it no less."""
    quarter = demand(WISH._replace(memory_mb=442), 10.0, 20.0, 5.0)
    whole, double = (demand(WISH._replace(memory_mb=mb), 10.0, 20.0, 5.0) for mb in (1_769, 3_538))
    assert quarter.duration_ms == pytest.approx(4 * 10.0 + RUNTIME_MS, rel=1e-2)
    assert (whole.duration_ms, whole.p99_ms, whole.cold_ms) == (11.0, 21.0, INIT_MS + 5.0)
    assert double == whole


@pytest.mark.parametrize(("busy", "refused", "expected"), [(1.0, 0.5, 1), (1.0, 0.2, 2), (2.0, 0.4, 2), (0.0, 0.1, 1)])
def test_erlangs_formula_on_small_numbers(busy: float, refused: float, expected: int) -> None:
    """With one erlang, one server refuses a half and two a fifth; with two erlangs, two servers refuse two fifths."""
    assert environments(busy, refused) == expected


@pytest.mark.parametrize("busy", [0.5, 3.0, 40.0])
def test_erlangs_formula_is_the_sum_it_stands_for(busy: float) -> None:
    """The recursion gives (a^c / c!) / sum of (a^k / k!), and one server less would refuse too many."""
    servers = environments(busy, REFUSED)
    for count, within in ((servers, True), (servers - 1, False)):
        terms = [busy**k / math.factorial(k) for k in range(count + 1)]
        assert (terms[-1] / math.fsum(terms) <= REFUSED) is within


def test_as_many_environments_as_promised_refuse_as_few_in_a_simulation() -> None:
    """200,000 random arrivals at 20 environments' worth of work: the share refused is the formula's."""
    draw = random.Random(5)
    busy, refused = 20.0, 0.02
    servers = environments(busy, refused)
    ends: list[float] = []
    now, lost, arrivals = 0.0, 0, 200_000
    for _ in range(arrivals):
        now += draw.expovariate(1.0)
        ends = [end for end in ends if end > now]
        if len(ends) == servers:
            lost += 1
        else:
            ends.append(now + busy)
    assert refused / 2 < lost / arrivals <= refused * 1.2


def test_the_failed_test_of_ten_is_foretold() -> None:
    """An account with a concurrency of ten carries 100 requests a second; 1,111 are refused with the remedy."""
    wish = WISH._replace(account_concurrency=10)
    (reason,) = objections(wish, demand(wish, 0.1, 0.2, 5.0))
    assert "carries 100 requests a second" in reason
    assert "need 112" in reason
    assert "L-B99A9384" in reason


@pytest.mark.parametrize(
    ("changes", "p99_ms", "word"),
    [
        ({"account_concurrency": 150}, 0.2, "the account's concurrency is 150"),
        ({"rps": 12_000.0, "account_concurrency": 50_000}, 0.2, "API Gateway takes 10,000"),
        ({"rps": 9_000.0, "account_concurrency": 50_000}, 0.2, "grows by 1,000 environments"),
        ({"p99_ms": 5.0}, 9.0, "up to 10.0 ms, not 5"),
    ],
)
def test_each_limit_says_no(changes: dict[str, Any], p99_ms: float, word: str) -> None:
    """Whatever cannot be carried is named with its limit."""
    wish = WISH._replace(**changes)
    assert any(word in reason for reason in objections(wish, demand(wish, 0.1, p99_ms, 5.0)))


def test_what_can_be_carried_has_no_objection() -> None:
    """A default account carries the challenge's rate, and may reserve what it needs."""
    needed = demand(WISH, 0.1, 0.2, 5.0)
    assert objections(WISH, needed) == []
    assert needed.concurrency == max(needed.steady, needed.start, needed.by_rate) == needed.start == 237
    assert reservable(WISH, needed)
    assert not reservable(WISH._replace(account_concurrency=needed.concurrency + 99), needed)
