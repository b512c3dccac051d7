"""From rounds to claims."""

from __future__ import annotations

import pytest

from stress_test.peers import cost
from stress_test.peers.figures import BOUNDS, Bound, Report, better, function_cost, server_dollars, spread, verdicts
from tests.stress_test.peers.planted import server

RATE = BOUNDS[0]
START = BOUNDS[1]


def test_ratios_are_of_one_round() -> None:
    """The median of the ratios, not the ratio of the medians; more is better of rates, less of times."""
    ours, peer = server("ours", 100, 900, 1000), server("peer", 10, 30, 500)
    assert better(RATE, ours, peer) == 10
    assert better(START, ours, peer) == pytest.approx(10)


def test_rounds_that_one_of_them_missed_are_left_out() -> None:
    """What ran in different rounds is not compared."""
    ours, peer = server("ours", 100, 900, 1000), server("peer", 10, 30, 500)
    peer["rounds"] = peer["rounds"][1:]
    assert better(RATE, ours, peer) == 16
    ours["rounds"] = ours["rounds"][:1]
    assert better(RATE, ours, peer) == 0


def test_the_nearest_peer_decides(report: Report) -> None:
    """Of all, those that batch among them; where one of these decides, the nearest of the others is told too."""
    rate = verdicts(report)[0]
    assert (rate.peer, rate.times, rate.alone, rate.holds) == ("BATCHING", 25, ("SLOW", 90), True)
    assert all(verdict.holds for verdict in verdicts(report))


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.what)
def test_each_claim_can_fail(report: Report, bound: Bound) -> None:
    """A peer that is a hundredth better than is claimed breaks it, and no claim of the other kind."""
    ours = next(one for one in report[bound.kind] if one["name"] == bound.ours)
    peer = report[bound.kind][-1]
    times = bound.times * 0.99
    if bound.metric == "installed_mib":
        peer["installed_mib"] = ours["installed_mib"] * times
    else:
        for one, other in zip(ours["rounds"], peer["rounds"], strict=True):
            value = one[bound.metric]
            other[bound.metric] = value / times if bound.more else value * times
    found = {verdict.bound.what: verdict for verdict in verdicts(report)}
    assert not found[bound.what].holds
    assert found[bound.what].times == pytest.approx(times)
    assert {what for what, verdict in found.items() if not verdict.holds and verdict.bound.kind != bound.kind} == set()


def test_without_a_peer_nothing_is_claimed(report: Report) -> None:
    """A run of chosen peers judges what it measured."""
    report["servers"] = []
    assert {verdict.bound.kind for verdict in verdicts(report)} == {"functions"}


def test_spreads_are_of_rounds_and_sizes_have_none(report: Report) -> None:
    """Median and quartiles."""
    ours = report["servers"][0]
    assert spread(ours, "right_per_s") == (10_000, 9_500, 11_000)
    assert spread(ours, "installed_mib") == (1.0, 1.0, 1.0)


def test_a_handler_costs_what_its_memory_and_time_cost(report: Report) -> None:
    """By hand: 600 MiB peak need 1,024 MB, where a core is 1,024/1,769 of one; time is billed in whole milliseconds."""
    ours, pandas = (function_cost(one) for one in report["functions"])
    assert (ours.memory_mb, pandas.memory_mb) == (128, 1024)
    assert pandas.duration_ms == pytest.approx(4.0 * 1769 / 1024 + 1.0)
    # 8 ms of 1 GB, a million times.
    assert pandas.compute_dollars == pytest.approx(8_000 * 0.0000166667)
    # 1.28 ms are 2 ms of an eighth of a GB.
    assert ours.compute_dollars == pytest.approx(2_000 * 0.125 * 0.0000166667)
    # 3.50 for the API, 0.20 for the requests, 700 bytes out of each.
    assert pandas.dollars - pandas.compute_dollars == pytest.approx(3.7 + 700e6 / 1024**3 * 0.09)


def test_a_server_costs_its_container(report: Report) -> None:
    """By hand: 0.09874 dollars an hour, and a million requests at 120 a second take 2.31 hours."""
    slow = report["servers"][2]
    assert server_dollars(slow) == pytest.approx(1e6 / 120 / 3600 * (2 * 0.04048 + 4 * 0.004445))
    assert cost.of_server(240) == pytest.approx(server_dollars(slow) / 2)
