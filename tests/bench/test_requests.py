from __future__ import annotations

import pytest

from bench import requests
from bench.errors import ProcessFailed
from bench.events import kinds
from bench.layout import Layout
from tests.making import ROOT


def test_requests_are_timed_beside_what_ships(layout: Layout) -> None:
    """A round of every kind comes back from a process of its own, with its log lines read as they come."""
    events = [kind._replace(calls=3) for kind in kinds(ROOT)]
    rounds = requests.measure(layout, events, rounds=2, seed=1)
    assert sorted(each["kind"] for each in rounds) == sorted(2 * [kind.name for kind in events])


def test_another_package_than_what_ships_is_not_measured(layout: Layout) -> None:
    """The checkout lies on the probe's path too; figures of it would be figures of something else."""
    stray = layout._replace(ours=layout.empty)
    events = [kinds(ROOT)[0]._replace(calls=1)]
    with pytest.raises(ProcessFailed):
        requests.measure(stray, events, rounds=1, seed=1)


def test_a_handler_that_answers_otherwise_ends_the_run(layout: Layout) -> None:
    """A status that was not expected is an error, not a time."""
    events = [kinds(ROOT)[0]._replace(status=404)]
    with pytest.raises(ProcessFailed, match="timing requests failed"):
        requests.measure(layout, events, rounds=1, seed=1)
