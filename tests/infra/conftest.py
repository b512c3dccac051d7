"""One copy of infra/ for all tests that run terraform: each initialisation takes seconds."""

from __future__ import annotations

import pytest

from tests.infra.workshop import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Return a copy of infra/."""
    return Workshop(tmp_path_factory.mktemp("infra") / "infra")
