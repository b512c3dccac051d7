"""A handler over the toy model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from tests.making import Context, rest_event, seal


@pytest.fixture
def handler(tmp_path: Path) -> Application:
    """Return a handler that serves the model ``toy`` and writes no lines."""
    seal(tmp_path)
    return build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False))


Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(handler: Application) -> Call:
    """Return a function that sends a REST API event: ``call(method, path, body, **changes)``."""
    return lambda method, path, body=None, **changes: handler(rest_event(method, path, body, **changes), Context())
