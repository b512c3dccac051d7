"""docs/openapi.json is what the code and the committed models say, and the command that writes it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from challenge_neuralworks.cli import main
from tests.making import ROOT

if TYPE_CHECKING:
    import pytest

COMMITTED = ROOT / "docs" / "openapi.json"
REMEDY = "docs/openapi.json has drifted from the code or the models: neuralworks openapi --output docs/openapi.json"


def written(*arguments: str) -> str:
    """Return what the command prints of the committed models."""
    result = CliRunner().invoke(main, ["openapi", "--models-dir", str(ROOT / "models"), *arguments])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_the_committed_document_is_the_one_that_is_served() -> None:
    """To the byte; who changes a route, a signature or a model writes it anew."""
    assert COMMITTED.read_text(encoding="utf-8") == written(), REMEDY


def test_the_command_writes_a_file(tmp_path: Path) -> None:
    """The same text, and nothing printed."""
    assert written("--output", str(tmp_path / "made.json")) == ""
    assert (tmp_path / "made.json").read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8")


def test_hidden_pages_are_described_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the service does not show, its owner can still write."""
    monkeypatch.setenv("NEURALWORKS_PAGES", "hidden")
    assert written() == COMMITTED.read_text(encoding="utf-8")


def test_the_variant_for_api_gateway() -> None:
    """Another version, the function behind each route; locked pages take a key."""
    made, locked = json.loads(written("--gateway")), json.loads(written("--gateway", "--locked"))
    assert made["openapi"] == "3.0.1"
    assert (made["paths"]["/docs"]["get"]["security"], locked["paths"]["/docs"]["get"]["security"]) == (
        [],
        [{"api_key": []}],
    )


def test_locked_is_about_the_variant() -> None:
    """Alone it would do nothing, which is said."""
    result = CliRunner().invoke(main, ["openapi", "--locked"])
    assert (result.exit_code, "add --gateway" in result.stderr) == (2, True)
