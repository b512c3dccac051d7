"""What is served here, fitted on a made-up sample, and a report whose figures are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stress_test.peers.subject import Subject, prepare
from tests.stress_test.peers.planted import function, server

if TYPE_CHECKING:
    from stress_test.peers.figures import Report


@pytest.fixture(scope="session")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """Return the benchmark's model, fitted once."""
    return prepare(tmp_path_factory.mktemp("subject"), 400, data=())


@pytest.fixture
def report() -> Report:
    """Return a report in which every claim holds."""
    return {
        "format": 1,
        "machine": {"cores": 2, "system": "Linux", "architecture": "x86_64", "python": "3.11.7"},
        "load_average": 0.25,
        "rounds": 3,
        "load": {"seconds": 5, "warm_up_s": 2, "connections": 32},
        "subject": {"origin": "68,206 real flights", "rows": 5000, "difference": 2e-16},
        "skipped": {},
        "faults": [],
        "servers": [
            server("ours", 9_000, 12_000, 10_000, size=1.0, ours=True),
            server("ours-container", 6_000, 6_000, 6_000, size=1.0, ours=True),
            server("slow", 100, 120, 125),
            server("batching", 300, 500, 400, batching=True),
        ],
        "functions": [function("ours-function", 40, 0.02, 10, ours=True), function("pandas", 1_000, 4.0, 600)],
    }
