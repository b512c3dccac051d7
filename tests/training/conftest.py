"""The data that training tests run on: the real file where there is one, and a made-up sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge_neuralworks.training.datasets import Examples, read_flights
from challenge_neuralworks.training.declarations import read_declaration
from challenge_neuralworks.training.fetch import is_right
from challenge_neuralworks.training.sample import write_sample
from tests.making import ROOT

PLACES = (ROOT / "data", ROOT.parent / "shared" / "data")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up file of 3,000 flights."""
    path = tmp_path_factory.mktemp("sample") / "flights.csv"
    write_sample(path, rows=3_000, seed=7)
    return path


@pytest.fixture(scope="session")
def real_file() -> Path:
    """Return the real file, or skip the test where it has not been brought."""
    declared = read_declaration("delay", ROOT / "data")
    for folder in PLACES:
        if is_right(folder / declared.file, declared):
            return folder / declared.file
    pytest.skip("the real flights are not here: neuralworks data fetch delay")


@pytest.fixture(scope="session")
def real_examples(real_file: Path) -> Examples:
    """Return the real flights."""
    return read_flights(real_file)
