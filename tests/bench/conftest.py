"""What ships, laid out once for all tests of this folder, and the emulator where it can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.command import CACHE
from bench.errors import EmulatorMissing
from bench.fetching import fetch_emulator
from bench.layout import Layout, lay_out
from tests.making import ROOT


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Return the layout of this project; no index is needed without the dependencies."""
    return lay_out(ROOT, tmp_path_factory.mktemp("layout"), ("package", "models"))


@pytest.fixture(scope="session")
def emulator_binary() -> Path:
    """Return the emulator, or skip what needs it."""
    try:
        return fetch_emulator(CACHE)
    except EmulatorMissing as error:
        pytest.skip(str(error))
