"""One handler over the toy model, for all events: what a process answers does not depend on what it answered before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from tests.making import Context, seal
from tests.serving.samples.asking import Wanted, check_answer
from tests.serving.samples.shapes import read_answer
from tests.serving.test_explaining import EXPLAINED

Check = Callable[[dict[str, Any], Wanted], None]


@pytest.fixture(scope="package")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return a handler that serves the model ``toy``, explained, and writes no lines."""
    models_dir = tmp_path_factory.mktemp("models")
    seal(models_dir, scorer=EXPLAINED)
    return build(Settings(models_dir=str(models_dir), log_level="OFF", metrics=False))


@pytest.fixture
def check(toy: Application) -> Check:
    """Return a function that sends an event and holds the answer to the right one."""

    def check(event: dict[str, Any], wanted: Wanted) -> None:
        answer = read_answer(event, toy(event, Context()))
        check_answer(*answer, toy.store.get("toy"), wanted)

    return check
