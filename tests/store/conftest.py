"""One S3 for all the tests of this folder, each with a prefix of its own; and folders beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from challenge_neuralworks.store.objects import Objects, open_objects
from challenge_neuralworks.store.versions import Versions
from tests.store.place import BUCKET, Place, place
from tests.store.sharing import at

PREFIXES = itertools.count()


@pytest.fixture(scope="package")
def running() -> Iterator[Place]:
    """Return the S3 that is there for all."""
    with place() as made:
        yield made


@pytest.fixture(scope="package")
def client(running: Place) -> Iterator[Objects]:
    """Return objects of which others are made: a client of S3 takes half a second to make."""
    with pytest.MonkeyPatch.context() as patch:
        for key, value in running.environ.items():
            patch.setenv(key, value)
        objects = open_objects(f"s3://{BUCKET}")
    yield objects
    objects.close()


@pytest.fixture
def s3(running: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Return the S3, in the environment and in good health."""
    for key, value in running.environ.items():
        monkeypatch.setenv(key, value)
    running.asked.clear()
    yield running
    running.trouble = lambda asked: ""


@pytest.fixture
def s3_url(s3: Place) -> str:
    """Return a URL that nobody else uses."""
    return f"s3://{BUCKET}/tests/{next(PREFIXES)}"


@pytest.fixture
def s3_objects(s3_url: str, client: Objects) -> Objects:
    """Return the objects there."""
    return at(client, s3_url)


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """Return an empty place of each kind."""
    if request.param == "folder":
        (tmp_path / "store").mkdir()
        return open_objects(str(tmp_path / "store"))
    found: Objects = request.getfixturevalue("s3_objects")
    return found


@pytest.fixture
def versions(objects: Objects) -> Versions:
    """Return an empty store in a place of each kind."""
    return Versions(objects)


@pytest.fixture
def aside(running: Place, s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Versions]:
    """Return the same store as `s3_objects` has, by a way that no trouble is in."""
    host, port = running.moto
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
    objects = open_objects(s3_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", running.url)
    yield Versions(objects)
    objects.close()
