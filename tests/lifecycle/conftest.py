"""A folder store, and what artifacts are loaded with."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenge_neuralworks.lifecycle.sides import Trust
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store.versions import Versions
from tests.lifecycle.storing import store_at


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    """Return an empty store."""
    return store_at(tmp_path / "store")


@pytest.fixture
def trust() -> Trust:
    """Return the checks of an environment that states nothing."""
    return Trust(Settings(), lambda sentence: None)
