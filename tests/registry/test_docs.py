"""docs/registry.md: its Python, over an MLflow that holds the delay model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.cli import main
from challenge_neuralworks.registry.connecting import VARIABLE, current, tracking_uri
from challenge_neuralworks.store.folder import load_model
from tests.making import ROOT

if TYPE_CHECKING:
    import pytest


def test_the_documented_code_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Production is what it was pointed at, fetched into the documented folder; MLflow answers as the model does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    done = CliRunner().invoke(main, ["track", "delay", "--made", str(ROOT / "models")])
    assert done.exit_code == 0, done.output
    page = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    with current(tracking_uri({})):
        for code in re.findall(r"^```python\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL):
            exec(code, names)  # noqa: S102 - the documented example is what is tested
    version = read_manifest(str(ROOT / "models" / "delay")).version
    assert names["registry"].alias("delay", "production").version == version
    assert Path(names["folder"]) == Path("fetched", "delay", version)
    model = load_model("delay", str(ROOT / "models" / "delay"))
    (row,) = model.check([names["flight"]]).rows
    (answer,) = names["answer"].to_dict("records")
    assert (answer["probability_0"], answer["probability_1"]) == model.predict(row)
    assert answer["label"] == model.label(model.predict(row), 0.3)
    assert answer["score"] == model.explain(row).score
