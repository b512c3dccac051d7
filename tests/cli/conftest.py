"""One gateway for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.live import KEY, MODELS, gateway


@pytest.fixture(scope="session")
def api() -> Iterator[str]:
    """Return the URL of a gateway that serves the committed models and wants a key."""
    with gateway(MODELS, KEY) as url:
        yield url
