"""One browser and one gateway a module, a tab of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.gateway.echo import Running
from tests.serving.playground.toys import seal_toys
from tests.serving.playground.visiting import MISSING, Visit, browsing, chromium, gateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, or a skip that says how to get one."""
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    # A busy machine is slow, not wrong.
    expect.set_options(timeout=20_000)
    with browsing(path) as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A gateway over the committed models."""
    with gateway() as running:
        yield running


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway over models that no one would commit."""
    folder: Path = tmp_path_factory.mktemp("toys")
    seal_toys(folder)
    with gateway(folder) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Open]:
    """Return ``tab(server, allowed=(), **context)``: a fresh tab, which must end without a complaint.

    allowed : statuses of problems that the test provokes, which the browser logs.
    """
    opened: list[tuple[Visit, tuple[int, ...]]] = []

    def open_tab(server: Running, allowed: tuple[int, ...] = (), **options: Any) -> Visit:
        context = browser.new_context(**options)
        visit = Visit(context.new_page(), server)
        opened.append((visit, allowed))
        return visit

    yield open_tab
    for visit, allowed in opened:
        visit.page.context.close()
        expected = {f"status of {status}" for status in allowed}
        assert [text for text in visit.logged if text.partition(" (")[0] not in expected] == []
        assert visit.hosts() == {f"127.0.0.1:{visit.server.port}"}
