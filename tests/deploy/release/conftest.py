"""One AWS for all the tests of this folder, and two releases in its registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.deploy.release.cloud import Cloud
from tests.deploy.release.running import cloud
from tests.deploy.release.staging import Release, Stage, release


@pytest.fixture(scope="package")
def aws() -> Iterator[Cloud]:
    """Return the AWS."""
    with cloud() as made:
        yield made


@pytest.fixture(scope="package")
def old(aws: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return what serves at first."""
    return release(aws, tmp_path_factory.mktemp("old"), -0.5)


@pytest.fixture(scope="package")
def new(aws: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return what is to serve: nearly the same answers."""
    return release(aws, tmp_path_factory.mktemp("new"), -0.4)


@pytest.fixture
def stages(aws: Cloud, old: Release) -> Callable[[], Stage]:
    """Return what makes a new stage that serves the old release."""
    return lambda: Stage(aws, old)


@pytest.fixture
def stage(stages: Callable[[], Stage]) -> Stage:
    """Return a stage that serves the old release."""
    return stages()
