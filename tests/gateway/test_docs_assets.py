"""Swagger UI's files out of the package: the very ones that the page and the CDN's hashes name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from challenge_neuralworks.gateway import docs_assets
from challenge_neuralworks.gateway.docs_assets import ASSETS, PACKAGE, asset, available, integrity, read
from challenge_neuralworks.serving.swagger_ui import INTEGRITY, SCRIPT, VERSION

REMEDY = (
    "set VERSION and INTEGRITY of challenge_neuralworks/serving/swagger_ui.py to those of the package, once "
    "'npm pack swagger-ui-dist@VERSION' has the same bytes"
)


def packaged(name: str) -> bytes:
    """Return a file of the installed package, whatever its hash."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / ASSETS[name].packaged).read_bytes()


def test_the_package_has_the_pinned_version() -> None:
    """The version in the CDN's address is the one that the package's script says it is."""
    found = re.search(rb'PACKAGE_VERSION:"([^"]+)"', packaged(SCRIPT))
    text = found and found[1].decode()
    assert text == VERSION, f"{PACKAGE} {version(PACKAGE)} has Swagger UI {text}, pinned is {VERSION}: {REMEDY}"


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_the_package_has_the_pinned_bytes(name: str) -> None:
    """A browser would refuse others: the hash stands in the page."""
    assert integrity(packaged(name)) == INTEGRITY[name], REMEDY


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("swagger-ui-bundle.js", "text/javascript; charset=utf-8"), ("swagger-ui.css", "text/css; charset=utf-8")],
)
def test_a_file_is_answered_whole_and_kept_for_good(name: str, media_type: str) -> None:
    """The bytes, their type, and leave to keep them: the page's address of them holds their version."""
    response = asset(f"/docs/assets/{name}")
    assert response is not None
    assert (response.status, response.body) == (200, packaged(name))
    assert response.headers == [
        ("Content-Type", media_type),
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("X-Content-Type-Options", "nosniff"),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        "/docs/assets/",
        "/docs/assets/html.py",
        "/docs/assets/../html.py",
        "/docs/assets/%2e%2e/html.py",
        "/docs/swagger-ui.css",
        "/swagger-ui.css",
        "/x/docs/assets/swagger-ui.css",
    ],
)
def test_nothing_else_comes_out_of_the_package(path: str) -> None:
    """Two names are known; the rest is for the function to answer."""
    assert asset(path) is None


@pytest.fixture
def _fresh() -> Iterator[None]:
    read.cache_clear()
    yield
    read.cache_clear()


@pytest.mark.usefixtures("_fresh")
def test_without_the_package_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image has no Powertools: the page then names the CDN."""
    monkeypatch.setattr(docs_assets, "PACKAGE", "a_package_that_nobody_has")
    assert (available(), asset(f"/docs/assets/{SCRIPT}")) == (False, None)


@pytest.mark.usefixtures("_fresh")
def test_files_of_another_version_are_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser would refuse them, so the page names the CDN instead."""
    monkeypatch.setitem(INTEGRITY, SCRIPT, "sha384-of-another-version")
    assert (available(), asset(f"/docs/assets/{SCRIPT}")) == (False, None)
