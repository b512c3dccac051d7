"""The data sets that the checks are tried on: made up, and the real ones where they have been brought."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.checks import Profile, make_reference
from challenge_neuralworks.training.datasets import Examples, read_census, read_flights
from challenge_neuralworks.training.declarations import read_declaration
from challenge_neuralworks.training.fetch import is_right
from challenge_neuralworks.training.sample import write_sample
from tests.making import ROOT
from tests.training.checks.planting import people
from tests.training.conftest import PLACES


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """Return 5,000 made-up flights."""
    return _sample(tmp_path_factory.mktemp("flights") / "flights.csv", seed=7)


@pytest.fixture(scope="session")
def flights_reference(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """Return the profile of other made-up flights."""
    other = _sample(tmp_path_factory.mktemp("flights") / "other.csv", seed=8)
    return make_reference(other, Delay.fields, "other.csv", "")


@pytest.fixture(scope="session")
def census() -> Examples:
    """Return 6,000 made-up people."""
    return people()


@pytest.fixture(scope="session", params=["delay", "income"])
def real(request: pytest.FixtureRequest) -> tuple[str, Examples]:
    """Return the name and the examples of each real file, or skip where it has not been brought."""
    name: str = request.param
    declared = read_declaration(name, ROOT / "data")
    for folder in PLACES:
        if is_right(folder / declared.file, declared):
            return name, {"delay": read_flights, "income": read_census}[name](folder / declared.file)
    pytest.skip(f"the real file is not here: neuralworks data fetch {name}")


def _sample(path: Path, seed: int) -> Examples:
    write_sample(path, rows=5_000, seed=seed)
    return read_flights(path)
