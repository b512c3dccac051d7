"""Gates: what passes, what is said of what does not, and that nothing half-made is ever served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact.manifest import read_manifest
from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.store import FolderStore
from challenge_neuralworks.training.gates import Gate, GateClosed, check_gates, parse_gate, put
from tests.making import INSTANCE, TOY_SCORER, seal

EVALUATION: dict[str, Any] = {
    "model": "toy",
    "splits": [
        {"name": "random_split", "metrics": {"auc": {"value": 0.75}, "brier": {"value": 0.125}}},
        {"name": "time_ordered_split", "metrics": {"auc": {"value": 0.5}, "f1": {"value": None}}},
    ],
}


def test_a_gate_is_what_it_says() -> None:
    """Split, metric, bound and side; back in words too."""
    gate = parse_gate("random_split.auc=0.73", least=True)
    assert gate == Gate("random_split", "auc", 0.73, least=True)
    assert str(gate) == "random_split.auc at least 0.73"
    assert str(parse_gate("a.b=1e-3", least=False)) == "a.b at most 0.001"


@pytest.mark.parametrize("text", ["random_split.auc", "random_split.auc=", "random_split.auc=good", "", "="])
@pytest.mark.parametrize(("least", "option"), [(True, "--least"), (False, "--most")])
def test_what_is_no_gate_is_named_with_its_option(text: str, least: bool, option: str) -> None:
    """With an example of one that is."""
    with pytest.raises(ConfigurationError, match=f"{option}='{text}' cannot be used.*random_split.auc=0.73"):
        parse_gate(text, least=least)


def test_a_bound_itself_passes() -> None:
    """On either side; each gate is told with its value."""
    gates = [Gate("random_split", "auc", 0.75, least=True), Gate("random_split", "brier", 0.125, least=False)]
    assert check_gates(EVALUATION, gates) == [
        "random_split.auc is 0.75, 0.75 at least",
        "random_split.brier is 0.125, 0.125 at most",
    ]
    assert check_gates(EVALUATION, []) == []


def test_each_gate_that_is_missed_is_named_with_value_and_bound() -> None:
    """All of them, and none that passed; the next to the bound is missed."""
    gates = [
        Gate("random_split", "auc", 0.7500001, least=True),
        Gate("random_split", "brier", 0.124, least=False),
        Gate("time_ordered_split", "auc", 0.4, least=True),
    ]
    with pytest.raises(GateClosed) as caught:
        check_gates(EVALUATION, gates)
    assert caught.value.missed == (
        "random_split.auc is 0.75, 0.75 at least",
        "random_split.brier is 0.125, 0.124 at most",
    )
    assert str(caught.value).startswith("toy is not served: random_split.auc is 0.75")
    assert caught.value.code == "gate-closed"


@pytest.mark.parametrize("least", [True, False])
@pytest.mark.parametrize("value", [None, float("nan")])
def test_what_could_not_be_measured_passes_no_gate(value: float | None, least: bool) -> None:
    """Neither nothing nor NaN is good enough."""
    evaluation = {"model": "toy", "splits": [{"name": "s", "metrics": {"f1": {"value": value}}}]}
    with pytest.raises(GateClosed, match=r"s\.f1 is"):
        check_gates(evaluation, [Gate("s", "f1", 0.5, least)])


@pytest.mark.parametrize(("split", "metric"), [("random", "auc"), ("random_split", "f1"), ("", "")])
def test_a_gate_for_nothing_is_a_mistake(split: str, metric: str) -> None:
    """A misspelt gate must not pass as if there were none; the metrics there are, are listed."""
    expected = "random_split.auc, random_split.brier, time_ordered_split.auc, time_ordered_split.f1"
    with pytest.raises(ConfigurationError, match=expected):
        check_gates(EVALUATION, [Gate(split, metric, 0.0, least=True)])


def test_what_is_put_is_served_and_what_was_there_goes(tmp_path: Path) -> None:
    """The new pickle and manifest, byte for byte, and nothing else; also where there was nothing."""
    seal(tmp_path / "served")
    manifest = seal(tmp_path / "made", scorer=TOY_SCORER, threshold=0.25)
    for folder in ("served", "fresh"):
        put(tmp_path / "made" / "toy", tmp_path / folder / "toy")
        assert _content(tmp_path / folder / "toy") == _content(tmp_path / "made" / "toy")
        model = FolderStore(str(tmp_path / folder)).get("toy")
        assert (model.version, model.threshold) == (manifest.version, 0.25)
        assert model.predict(INSTANCE) == TOY_SCORER.predict(INSTANCE)


def test_a_copy_that_breaks_off_leaves_what_was_served(tmp_path: Path) -> None:
    """Without a manifest to copy, the old one still names the old pickle, and both are there."""
    before = seal(tmp_path / "served")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "toy-new.pkl").write_bytes(b"new")
    with pytest.raises(FileNotFoundError):
        put(tmp_path / "made", tmp_path / "served" / "toy")
    assert read_manifest(str(tmp_path / "served" / "toy")) == before
    assert FolderStore(str(tmp_path / "served")).get("toy").predict(INSTANCE) == TOY_SCORER.predict(INSTANCE)


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
