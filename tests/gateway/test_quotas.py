"""Quotas and their periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge_neuralworks.gateway.quotas import PERIODS, Counter, Period, Quota, period_number


def seconds(text: str) -> float:
    """Return the seconds since 1970 of a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def used(counter: Counter, at_s: float, requests: int) -> int:
    """Return how many of so many requests at one moment are allowed."""
    allowed = 0
    for _ in range(requests):
        if counter.has_left(at_s):
            counter.take()
            allowed += 1
    return allowed


@pytest.mark.parametrize(
    ("period", "last", "first"),
    [
        ("DAY", "2026-03-07T23:59:59.999", "2026-03-08T00:00:00"),
        ("WEEK", "2026-03-07T23:59:59.999", "2026-03-08T00:00:00"),
        ("WEEK", "1970-01-03T23:59:59", "1970-01-04T00:00:00"),
        ("MONTH", "2028-02-29T23:59:59.999", "2028-03-01T00:00:00"),
        ("MONTH", "2026-12-31T23:59:59.999", "2027-01-01T00:00:00"),
    ],
)
def test_quota_is_whole_again_when_a_period_begins(period: Period, last: str, first: str) -> None:
    """To the second, in UTC: a day at midnight, a week on Sunday, a month on its first."""
    counter = Counter(Quota(3, period), seconds(last))
    assert (used(counter, seconds(last), 5), used(counter, seconds(first), 5)) == (3, 3)


def starts(period: Period, day: datetime) -> bool:
    """Return whether a period begins with a day, by the calendar."""
    return {"DAY": True, "WEEK": day.isoweekday() == 7, "MONTH": day.day == 1}[period]


@given(st.sampled_from(PERIODS), st.integers(1, 84_000), st.integers(0, 86_399))
def test_periods_follow_the_calendar(period: Period, days: int, second: int) -> None:
    """The number changes, by one, just with the days on which a period begins."""
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)
    at_s = day.timestamp() + second
    before_s = (day - timedelta(days=1)).timestamp() + second
    changed = period_number(period, at_s) - period_number(period, before_s)
    # Of months, the year's count goes on from December to January.
    assert changed == starts(period, day)


def test_offset_shortens_the_first_period_alone() -> None:
    """So many requests fewer in the period in which counting begins."""
    counter = Counter(Quota(10, "WEEK", 4), seconds("2026-03-05"))
    assert [used(counter, seconds(day), 20) for day in ("2026-03-06", "2026-03-08", "2026-03-15")] == [6, 10, 10]
