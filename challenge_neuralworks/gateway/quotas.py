"""How many requests a key has in a day, a week or a month, counted one by one.

Source: AWS, "QuotaSettings" of the API Gateway API reference.
"""

from __future__ import annotations

from time import gmtime
from typing import Literal, NamedTuple, get_args

DAY_S = 86_400

Period = Literal["DAY", "WEEK", "MONTH"]
PERIODS: tuple[Period, ...] = get_args(Period)


class Quota(NamedTuple):
    """How many requests a period allows.

    offset : so many fewer in the first period, the one in which counting begins.
    """

    limit: int
    period: Period
    offset: int = 0


class Counter:
    """What is left of one key's quota; whoever shares it between threads locks it.

    Parameters
    ----------
    now_s : seconds since 1970.
    """

    __slots__ = ("_left", "_number", "_quota")

    def __init__(self, quota: Quota, now_s: float) -> None:
        self._quota = quota
        self._number = period_number(quota.period, now_s)
        self._left = quota.limit - quota.offset

    def has_left(self, now_s: float) -> bool:
        """Return whether the quota of the period that a moment belongs to allows one more request."""
        number = period_number(self._quota.period, now_s)
        if number != self._number:
            self._number = number
            self._left = self._quota.limit
        return self._left > 0

    def take(self) -> None:
        """Count the request that `has_left` has just allowed."""
        self._left -= 1


def period_number(period: Period, at_s: float) -> int:
    """Return the number of the period, in UTC, that a moment belongs to; a week begins on Sunday."""
    if period == "MONTH":
        at = gmtime(at_s)
        return at.tm_year * 12 + at.tm_mon
    day = int(at_s // DAY_S)
    # 1970 began on a Thursday, four days into its week.
    return day if period == "DAY" else (day + 4) // 7
