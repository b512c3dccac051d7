"""docs/export.md says what is so: its examples run in order, its tables are the registry's and the suite's."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from challenge_neuralworks.testing import Report
from challenge_neuralworks.testing.exports import EXPORTED
from challenge_neuralworks.testing.sealed import SEALED
from challenge_neuralworks.testing.supported import written
from challenge_neuralworks.training.export.registry import REGISTRY
from tests.making import ROOT
from tests.project.test_docs import blocks

PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")


@pytest.fixture
def own_registry() -> Iterator[None]:
    """Forget what an example registers."""
    transforms, heads = dict(REGISTRY.transforms), dict(REGISTRY.heads)
    yield
    for kind in REGISTRY.transforms.keys() - transforms.keys():
        del REGISTRY.transforms[kind]
    for kind in REGISTRY.heads.keys() - heads.keys():
        del REGISTRY.heads[kind]


@pytest.mark.usefixtures("own_registry")
def test_the_examples_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block runs after those before it, and every suite that it runs passes."""
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {"__name__": "docs"}
    with warnings.catch_warnings():
        # Categories that training never saw are asked for on purpose.
        warnings.filterwarnings("ignore", message="Found unknown categories")
        for block in blocks(PAGE, "python"):
            exec(block, names)  # noqa: S102 - the documented examples are what is tested
    printed = capsys.readouterr().out
    assert isinstance(names["report"], Report)
    assert printed.count("passed  it_loads_without_scikit_learn") == 4
    assert "KNeighborsClassifier" in printed


@pytest.mark.newest
def test_the_table_of_classes_is_the_registrys() -> None:
    """A class that is added is documented; the comment above the table says what writes it."""
    assert written(PAGE) == PAGE


def test_every_check_is_explained() -> None:
    """The table of checks names each that runs."""
    explained = PAGE.partition("| check |")[2].partition("\n\n")[0]
    assert [check.__name__ for check in (*EXPORTED, *SEALED) if check.__name__ not in explained] == []
