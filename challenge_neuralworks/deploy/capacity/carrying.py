"""What an account carries of a rate that is too much for it: once it is warm, and of a test that begins cold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.deploy.capacity.erlang import refused_share
from challenge_neuralworks.deploy.capacity.prices import API_RATE, NEW_ENVIRONMENTS_PER_10_S, REQUESTS_PER_CONCURRENCY

if TYPE_CHECKING:
    from challenge_neuralworks.deploy.capacity.demand import Demand, Wish

BURST_S = 1.0
"""How many seconds' requests an account may take at once beyond its rate. AWS does not document it: a guess."""


def carried_rps(wish: Wish, needed: Demand) -> float:
    """Return how many of the wanted requests a second are answered at the account's concurrency, once it is warm."""
    return min(_by_environments(wish, needed), _by_rate(wish), API_RATE)


def answered(wish: Wish, needed: Demand, seconds: float) -> float:
    """Return how many requests are answered of those that come in so many seconds, all environments being new.

    Where there can be too few environments for the start, each of them takes one request and begins; until the first
    of them is ready, all others are refused.

    Parameters
    ----------
    seconds : how long requests come.
    """
    at_start = wish.rps * (needed.cold_ms + needed.duration_ms) / 1000
    new = min(wish.account_concurrency, NEW_ENVIRONMENTS_PER_10_S)
    first, warm_s = 0.0, seconds
    if at_start > new:
        first = min(float(new), wish.rps * seconds)
        # They get ready one after the other, as quickly as requests come. Where all are busy from then on, the end of
        # the test meets each somewhere within a request: on average half of one more is answered.
        service_s = needed.duration_ms / 1000
        warm_s = max(0.0, seconds - needed.cold_ms / 1000 - (service_s + min(first / wish.rps, service_s)) / 2)
    # What the rate allows gathers while nothing is taken, up to the burst.
    by_rate = _by_rate(wish) * (warm_s + BURST_S)
    return first + min(_by_environments(wish, needed) * warm_s, by_rate, API_RATE * seconds)


def _by_environments(wish: Wish, needed: Demand) -> float:
    return wish.rps * (1.0 - refused_share(needed.busy, wish.account_concurrency))


def _by_rate(wish: Wish) -> float:
    return float(wish.account_concurrency * REQUESTS_PER_CONCURRENCY)
