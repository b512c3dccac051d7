"""The notebooks run from a fresh clone, and what is committed of them is what a reader may see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.making import ROOT

FOLDER = ROOT / "notebooks"
NAMES = ("exploration", "model")
MOST_BYTES = 300_000
CELL_S = 100
REAL, MADE_UP = "the real file", "A MADE-UP SAMPLE"
MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users|mnt|opt|usr|var)/")
"""A path of somebody's machine; those of the project are relative."""


def _read(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]


def _outputs(notebook: Any) -> list[dict[str, Any]]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def _printed(notebook: Any) -> str:
    return "".join(output["text"] for output in _outputs(notebook) if output.get("name") == "stdout")


def test_every_notebook_is_tested() -> None:
    """A new notebook has to be named here and in the folder's README."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)
    assert [name for name in NAMES if f"[{name}.ipynb]({name}.ipynb)" not in readme] == []


@pytest.mark.parametrize("name", NAMES)
def test_committed_outputs_hold_no_failure(name: str) -> None:
    """Every code cell that was run has ended well and quietly: no traceback, nothing on standard error."""
    kinds = {(output["output_type"], output.get("name", "")) for output in _outputs(_read(name))}
    assert kinds <= {("stream", "stdout"), ("display_data", ""), ("execute_result", "")}
    assert len(kinds) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_committed_notebook_names_no_machine(name: str) -> None:
    """Nothing in the file says where, when or with which interpreter it was run."""
    notebook = _read(name)
    assert MACHINE.findall((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")) == []
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}
    assert [cell.id for cell in notebook.cells if cell.metadata] == []


@pytest.mark.parametrize("name", NAMES)
def test_committed_notebook_is_small_and_was_run_in_order(name: str) -> None:
    """A reader sees the outputs of one run, top to bottom, of the real files."""
    notebook = _read(name)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert (FOLDER / f"{name}.ipynb").stat().st_size < MOST_BYTES
    assert counts == list(range(1, len(counts) + 1))
    assert REAL in _printed(notebook)
    assert MADE_UP not in _printed(notebook)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs_on_the_sample(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the real files every cell runs on made-up ones, and says so."""
    notebook = _read(name)
    monkeypatch.setenv("NEURALWORKS_NOTEBOOK_DATA", "sample")
    # Threads of small fits would only wait for each other.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    # A folder of its own: nothing may depend on where a notebook is opened.
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=CELL_S, kernel_name="python3", resources=where).execute()
    assert MADE_UP in _printed(notebook)
    assert REAL not in _printed(notebook)
    assert [output for output in _outputs(notebook) if output.get("name") == "stderr"] == []
