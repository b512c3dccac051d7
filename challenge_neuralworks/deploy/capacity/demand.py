"""From a wanted rate and a service time to concurrency, and what forbids it."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from challenge_neuralworks.deploy.capacity.erlang import environments
from challenge_neuralworks.deploy.capacity.prices import (
    API_RATE,
    MB_PER_VCPU,
    NEW_ENVIRONMENTS_PER_10_S,
    REQUESTS_PER_CONCURRENCY,
    UNRESERVED,
)

RUNTIME_MS = 1.0
"""What Lambda's runtime client adds to each invocation, milliseconds: fetching the event and sending the answer."""

INIT_MS = 150.0
"""A new environment before the handler's own code: 73 to 101 ms from a zip, 147 to 191 from an image."""

ASK = "ask for more under Service Quotas, Lambda, Concurrent executions (L-B99A9384)"

REFUSED = 1e-6
"""Share of requests that may find every environment busy."""


class Wish(NamedTuple):
    """What is wanted.

    rps : requests a second, arriving at random.
    p99_ms : most that a request may take within the function, of 99 in 100; None is any.
    memory_mb : of the function.
    account_concurrency : the account's quota of concurrent executions.
    """

    rps: float
    p99_ms: float | None
    memory_mb: int
    account_concurrency: int


class Demand(NamedTuple):
    """What it takes.

    duration_ms, p99_ms : of one warm invocation at that memory.
    cold_ms : of a new environment's first one.
    busy : environments that compute at a time, on average.
    steady : environments so that `REFUSED` of requests at most find none free.
    start : the same if the whole rate arrives at once and every environment is new.
    by_rate : concurrency that AWS asks for the rate alone.
    concurrency : the most of these: what to reserve, and what the account needs.
    """

    duration_ms: float
    p99_ms: float
    cold_ms: float
    busy: float
    steady: int
    start: int
    by_rate: int
    concurrency: int


def demand(wish: Wish, p50_ms: float, p99_ms: float, load_ms: float) -> Demand:
    """Return what a wish takes.

    Parameters
    ----------
    p50_ms, p99_ms, load_ms : measured on one whole core; a function of less memory has a part of one.
    """
    slower = max(1.0, MB_PER_VCPU / wish.memory_mb)
    return demand_on_aws(wish, p50_ms * slower + RUNTIME_MS, p99_ms * slower + RUNTIME_MS, INIT_MS + load_ms * slower)


def demand_on_aws(wish: Wish, duration_ms: float, p99_ms: float, cold_ms: float) -> Demand:
    """Return what a wish takes where the times are known as they are on AWS.

    Parameters
    ----------
    duration_ms, p99_ms, cold_ms : as of `Demand`.
    """
    busy = wish.rps * duration_ms / 1000
    steady = environments(busy, REFUSED)
    # Until the first is ready each request needs another one; and how many come until then is left to chance.
    start = environments(wish.rps * (cold_ms + duration_ms) / 1000, REFUSED)
    by_rate = ceil(wish.rps / REQUESTS_PER_CONCURRENCY)
    return Demand(duration_ms, p99_ms, cold_ms, busy, steady, start, by_rate, max(steady, start, by_rate))


def objections(wish: Wish, needed: Demand) -> list[str]:
    """Return why the wish cannot be carried, each with what would help; empty where it can."""
    quota = wish.account_concurrency
    found = []
    if needed.by_rate > quota:
        found.append(
            f"an account with a concurrency of {quota:,} carries {quota * REQUESTS_PER_CONCURRENCY:,} requests a "
            f"second, however fast the code is; {wish.rps:,.0f} need {needed.by_rate:,}: {ASK}"
        )
    elif needed.concurrency > quota:
        found.append(
            f"{needed.concurrency:,} environments are needed, and the account's concurrency is {quota:,}: {ASK}, or "
            "let the load rise slowly"
        )
    if wish.rps > API_RATE:
        found.append(
            f"API Gateway takes {API_RATE:,} requests a second in an account and region; {wish.rps:,.0f} need a raised "
            "quota, a second region, or batches of instances"
        )
    if needed.start > NEW_ENVIRONMENTS_PER_10_S:
        found.append(
            f"a function grows by {NEW_ENVIRONMENTS_PER_10_S:,} environments in ten seconds, and {needed.start:,} are "
            "needed at once: provision them, or let the load rise slowly"
        )
    if wish.p99_ms is not None and needed.p99_ms > wish.p99_ms:
        found.append(
            f"99 in 100 requests take up to {needed.p99_ms:.1f} ms, not {wish.p99_ms:g}: give the function more than "
            f"{wish.memory_mb:,} MB (it has a whole core at {MB_PER_VCPU:,}), or send smaller batches"
        )
    return found


def reservable(wish: Wish, needed: Demand) -> bool:
    """Return whether the concurrency can be reserved: an account must leave `UNRESERVED` to its other functions."""
    return needed.concurrency <= wish.account_concurrency - UNRESERVED
