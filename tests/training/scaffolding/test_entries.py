"""Entries of params.yaml and stages of dvc.lock: put in and taken out, the rest stays to the byte."""

from __future__ import annotations

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.scaffolding.entries import entry_of, with_entry, without_entry, without_stages
from challenge_neuralworks.training.scaffolding.stages import stages_of
from tests.making import ROOT

PARAMS = (ROOT / "params.yaml").read_text(encoding="utf-8")
ENTRY = "  toy:\n    file: raw/toy.csv\n    check_model: >-\n      --least random_split.auc=0.9\n"
LATER = "\n# Something else.\nother:\n  key: 1\n"


@pytest.mark.parametrize("text", [PARAMS, PARAMS + LATER, PARAMS.rstrip("\n") + "\n"])
def test_an_entry_goes_in_and_out_again(text: str) -> None:
    """Comments and what comes after stay as they are."""
    made = with_entry(text, ENTRY)
    assert entry_of(made, "toy") == ENTRY
    assert made.index(entry_of(text, "income")) < made.index(ENTRY)
    assert without_entry(made, "toy") == text


def test_an_entry_is_replaced_where_it_stands() -> None:
    """Not twice."""
    longer = ENTRY + "      --most random_split.brier=0.1\n"
    made = with_entry(with_entry(PARAMS + LATER, ENTRY), longer)
    assert entry_of(made, "toy") == longer
    assert without_entry(made, "toy") == PARAMS + LATER


def test_the_entries_of_others_are_known_too() -> None:
    """With their comments; one that is not there is empty, and nothing is taken out for it."""
    assert entry_of(PARAMS, "delay").startswith("  delay:\n    file: dataset_SCL.csv\n    # alpha")
    assert (entry_of(PARAMS, "toy"), without_entry(PARAMS, "toy")) == ("", PARAMS)
    with pytest.raises(DataError, match="no line 'models:'"):
        with_entry("seed: 42\n", ENTRY)


def test_stages_are_taken_out_of_the_lock() -> None:
    """All of one model, none of another whose name ends alike."""
    head = "schema: '2.0'\nstages:\n"
    blocks = {name: f"  fetch@{name}:\n    cmd: x\n    deps:\n    - path: a\n" for name in ("delay", "toy", "my_toy")}
    lock = head + "".join(blocks.values())
    assert without_stages(lock, "toy") == head + blocks["delay"] + blocks["my_toy"]
    assert without_stages(lock, "nothing") == lock


def test_the_stages_of_a_model_are_those_of_the_pipeline() -> None:
    """With the words of params.yaml filled in, and every output named."""
    pytest.importorskip("ruamel.yaml", reason="the extra 'pipeline' is not installed")
    stages = {stage.name: stage for stage in stages_of(ROOT, "income")}
    assert [name.partition("@")[0] for name in stages][:4] == ["fetch", "preprocess", "check_data", "segregate"]
    assert stages["fetch@income"].commands == (("data", "fetch", "income"),)
    assert stages["fetch@income"].outs == ("data/adult.data",)
    assert stages["train@income"].commands[0][:4] == ("search", "income", "--seed", "42")
    assert "models/income" in stages["check_model@income"].outs
    assert not any("${" in word for stage in stages.values() for words in stage.commands for word in words)
