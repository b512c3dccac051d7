"""Each MLflow is started once for all tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from challenge_neuralworks.registry.models import Registry, open_registry
from tests.registry.backends import Backend, local, team
from tests.registry.postgres import MISSING, find_postgres

HERE = Path(__file__).parent

# What MLflow calls of others has been deprecated by them; it is MLflow's to mend.
WARNINGS = (
    "ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning",
    "ignore:Operation with range is deprecated:DeprecationWarning",
    # Of a class of MLflow's own, when it is imported.
    "ignore:.*Any type hint is inferred as AnyType:UserWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let MLflow's own warnings pass in the tests of this folder; without MLflow skip them."""
    # Looked for, not imported: that takes seconds, and most runs of pytest want none of it.
    marks = [pytest.mark.filterwarnings(warning) for warning in WARNINGS]
    if find_spec("mlflow") is None:
        marks.append(pytest.mark.skip(reason="the extra 'registry' is not installed"))
    for item in items:
        if HERE in item.path.parents:
            for mark in marks:
                item.add_marker(mark)


@pytest.fixture(scope="module", autouse=True)
def search_path() -> Iterator[None]:
    """Take off what MLflow puts in front: a loaded model's own code, which other tests' processes would find first."""
    before = sys.path[:]
    yield
    sys.path[:] = before


@pytest.fixture(scope="package")
def a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Return the default: a file and a folder."""
    with local(tmp_path_factory.mktemp("file")) as running:
        yield running


@pytest.fixture(scope="package")
def a_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Return a team's: a server over PostgreSQL and S3."""
    programs = find_postgres()
    if programs is None:
        pytest.skip(MISSING)
    with team(tmp_path_factory.mktemp("server"), programs) as running:
        yield running


@pytest.fixture(scope="package", params=["a_file", "a_server"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Return each MLflow in turn."""
    found: Backend = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def registry(backend: Backend) -> Registry:
    """Return the registry of an MLflow."""
    return open_registry(backend.uri)
