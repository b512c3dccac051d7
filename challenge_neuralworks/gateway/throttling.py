"""Token buckets, in whole numbers: however long they run, they never drift.

Source: AWS, "Throttle requests to your REST APIs for better throughput in API Gateway".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

NS_PER_S = 1_000_000_000


class Throttle(NamedTuple):
    """How many requests may come.

    rate : tokens a second; each request takes one.
    burst : most tokens at a time, and how many there are at first.
    """

    rate: Fraction
    burst: int


class Bucket:
    """The tokens of one throttle; whoever shares it between threads locks it.

    Parameters
    ----------
    now_ns : of a clock that never goes back, nanoseconds.
    """

    __slots__ = ("_at_ns", "_capacity", "_level", "_per_ns", "_token")

    def __init__(self, throttle: Throttle, now_ns: int) -> None:
        # In this unit of a token a nanosecond brings a whole number, whatever the rate.
        self._token = throttle.rate.denominator * NS_PER_S
        self._per_ns = throttle.rate.numerator
        self._capacity = self._level = throttle.burst * self._token
        self._at_ns = now_ns

    def has_token(self, now_ns: int) -> bool:
        """Return whether there is a token now."""
        self._level = min(self._capacity, self._level + (now_ns - self._at_ns) * self._per_ns)
        self._at_ns = now_ns
        return self._level >= self._token

    def take(self) -> None:
        """Take the token that `has_token` has just found."""
        self._level -= self._token
