"""Token buckets."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge_neuralworks.gateway.throttling import NS_PER_S, Bucket, Throttle

RATES = st.fractions(min_value=Fraction(1, 1000), max_value=20_000, max_denominator=1000)
GAPS = st.integers(0, 10 * NS_PER_S) | st.integers(0, 5_000_000)


def passes(throttle: Throttle, arrivals_ns: list[int]) -> list[bool]:
    """Return which of the requests that arrive then are let through."""
    bucket = Bucket(throttle, 0)
    passed = []
    for at_ns in arrivals_ns:
        passed.append(bucket.has_token(at_ns))
        if passed[-1]:
            bucket.take()
    return passed


def reference(throttle: Throttle, arrivals_ns: list[int]) -> list[bool]:
    """Return the same by the definition, in fractions."""
    tokens, last_ns, passed = Fraction(throttle.burst), 0, []
    for at_ns in arrivals_ns:
        tokens = min(Fraction(throttle.burst), tokens + throttle.rate * Fraction(at_ns - last_ns, NS_PER_S))
        last_ns = at_ns
        passed.append(tokens >= 1)
        tokens -= passed[-1]
    return passed


@given(RATES, st.integers(1, 50), st.lists(GAPS, max_size=200))
def test_bucket_equals_the_definition(rate: Fraction, burst: int, gaps_ns: list[int]) -> None:
    """For any arrivals at any rate, exactly those pass that pass in exact arithmetic."""
    arrivals_ns = [sum(gaps_ns[: number + 1]) for number in range(len(gaps_ns))]
    throttle = Throttle(rate, burst)
    assert passes(throttle, arrivals_ns) == reference(throttle, arrivals_ns)


@pytest.mark.parametrize("rate", [Fraction(1, 3), Fraction(7), Fraction("0.1"), Fraction(9_999_999, 1000)])
def test_a_million_seconds_do_not_drift(rate: Fraction) -> None:
    """A token that is due at a certain nanosecond is there then, and not one before, after any time."""
    bucket = Bucket(Throttle(rate, 1), 0)
    bucket.has_token(0)
    bucket.take()
    for step in range(1, 2_000):
        bucket.has_token(step * 500_000_000_001)
        bucket.take()
    last_ns = 1_999 * 500_000_000_001
    due_ns = last_ns + -(-NS_PER_S * rate.denominator // rate.numerator)
    assert (bucket.has_token(due_ns - 1), bucket.has_token(due_ns)) == (False, True)


def test_burst_then_rate() -> None:
    """It starts full, is empty after its burst, and fills at its rate up to its burst and no further."""
    second = NS_PER_S
    arrivals = [0] * 7 + [second] * 4 + [60 * second] * 7
    expected = [True] * 5 + [False] * 2 + [True] * 3 + [False] + [True] * 5 + [False] * 2
    assert passes(Throttle(Fraction(3), 5), arrivals) == expected
