"""What changes while a run lasts."""

from __future__ import annotations

import os
import sys

import pytest

from stress_test.drift import Held, Latencies, grown, held, told


def test_tenths_are_those_of_the_run() -> None:
    """The first ten of a hundred seconds and the last ten, each with its own 99th percentile."""
    latencies = Latencies()
    for second in range(100):
        for number in range(100):
            latencies.note(1_000 + second, (10.0 if second < 50 else 20.0) + (5.0 if number >= 98 else 0.0))
    assert latencies.tenths_ms(1_000, 1_100) == (15.0, 25.0)
    assert latencies.p99_ms(0, 10) == 0.0


def test_latencies_of_other_processes_are_added() -> None:
    """What was sent once is not sent again, and keys may have become texts on the way."""
    worker, master = Latencies(), Latencies()
    worker.note(5, 1.2345)
    taken = worker.take()
    assert taken == {5: {1.23: 1}}
    assert worker.take() == {}
    master.note(5, 1.0)
    master.merge({"5": {"1.23": 1}})  # type: ignore[dict-item]
    assert master.bins == {5: {1.0: 1, 1.23: 1}}


@pytest.mark.parametrize(
    ("memory_kib", "descriptors", "expected"),
    [
        (1_020, 9, []),
        (1_021, 9, ["the gateway's memory grew by more than 2%"]),
        (900, 10, ["the gateway's open files grew from 9 to 10"]),
    ],
)
def test_growth(memory_kib: int, descriptors: int, expected: list[str]) -> None:
    """Two in a hundred is allowed of memory, nothing of open files."""
    assert grown(Held(0, 1_000, 9), Held(1, memory_kib, descriptors)) == expected


def test_growth_in_words() -> None:
    """Both figures and the share."""
    assert "40.0 MiB, then 42.0 (+5.0%); open files: 9, then 9" in told(Held(0, 40 * 1024, 9), Held(1, 42 * 1024, 9))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which only Linux has")
def test_a_session_is_measured() -> None:
    """The one of this process holds at least that, which has files open; one that is not there holds nothing."""
    found = held(os.getsid(0), 0.0)
    assert found.memory_kib > 10_000
    assert found.descriptors >= 3
    assert held(2**22 + 1, 0.0) == (0.0, 0, 0)
