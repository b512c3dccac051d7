"""Where fits run: the order of results, progress, and the same answers from processes of a cluster."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.training.frames import frame
from challenge_neuralworks.training.searching import engine as module
from challenge_neuralworks.training.searching.engine import Engine
from challenge_neuralworks.training.searching.folds import Fold
from challenge_neuralworks.training.searching.search import measure

FEATURES = frame([{"a": number % 7, "b": number % 3} for number in range(300)])
TARGET = np.array([int(number % 7 > 3) ^ int(number % 11 == 0) for number in range(300)])
CALLS = [
    (measure, (LogisticRegression(C=c), FEATURES, TARGET, Fold(np.arange(200), np.arange(200, 300))))
    for c in (0.001, 0.1, 10.0)
]


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_calls(jobs: int) -> None:
    """Whichever ends first; and whoever waits is told of each that has ended, in one process or in two."""
    told: list[int] = []
    assert Engine(jobs).run([(pow, (2, exponent)) for exponent in range(20)], told.append) == [2**n for n in range(20)]
    assert told == list(range(1, 21))


def test_no_call_has_no_result() -> None:
    """Nothing to do is no fault."""
    assert Engine(1).run([]) == []


def test_a_call_that_fails_fails_the_run() -> None:
    """A candidate that cannot be fitted must not vanish from a comparison."""
    with pytest.raises(ZeroDivisionError):
        Engine(1).run([(divmod, (1, 0))])


def test_processes_give_what_one_process_gives() -> None:
    """To the last bit."""
    assert Engine(2).run(CALLS) == Engine(1).run(CALLS)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a Dask scheduler with two workers, each a process of its own."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    started: Any = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, worker_dashboard_address=None
    )
    with started as cluster:
        yield cluster.scheduler_address


@pytest.mark.slow
def test_a_cluster_gives_what_this_machine_gives(address: str) -> None:
    """The same calls, the same bits, in the same order, and each is told of."""
    told: list[int] = []
    assert Engine(cluster=address).run(CALLS, told.append) == Engine(1).run(CALLS)
    assert told == [1, 2, 3]


@pytest.mark.slow
def test_a_cluster_is_where_the_calls_run(address: str) -> None:
    """In other processes than ours, in both of them."""
    pids = Engine(cluster=address).run([(os.getpid, ()) for _ in range(40)])
    assert len(pids) == 40
    assert os.getpid() not in pids
    assert len(set(pids)) == 2


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_an_address_without_a_scheduler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the time limit, with what was given and what was expected."""
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 1)
    wrong = f"tcp://127.0.0.1:{_closed_port()}"
    with pytest.raises(ConfigurationError, match=f"--cluster='{wrong}' cannot be used: expected the address"):
        Engine(cluster=wrong).run(CALLS)


def test_what_is_no_address_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheme nobody speaks is the same one error."""
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 1)
    with pytest.raises(ConfigurationError, match="--cluster='carrier://pigeon' cannot be used"):
        Engine(cluster="carrier://pigeon").run(CALLS)


def test_a_cluster_without_what_speaks_to_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is a command to run."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigurationError, match=r"pip install '.\[cluster\]'"):
        Engine(cluster="tcp://127.0.0.1:8786").run(CALLS)
