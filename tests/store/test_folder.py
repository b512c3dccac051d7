"""The models folder: discovery without a list, one load a process, one model's fault its own."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from challenge_neuralworks import model
from challenge_neuralworks.artifact import Artifact, load
from challenge_neuralworks.errors import ModelUnavailable, UnknownModel
from challenge_neuralworks.store import FolderStore
from tests.making import seal


def test_a_folder_with_a_manifest_is_a_model(tmp_path: Path) -> None:
    """Discovery needs a manifest and a fitting name; nothing is registered."""
    seal(tmp_path, "toy")
    seal(tmp_path, "second")
    (tmp_path / "empty").mkdir()
    (tmp_path / "Not A Name").mkdir()
    (tmp_path / "Not A Name" / "manifest.json").write_text("{}")
    assert FolderStore(str(tmp_path)).names() == ("second", "toy")


def test_no_folder_serves_nothing(tmp_path: Path) -> None:
    """A missing models folder is an empty one."""
    assert FolderStore(str(tmp_path / "none")).names() == ()


@pytest.mark.parametrize("name", ["", "..", "../toy", "toy/", "TOY", "toy\x00", "nope"])
def test_an_unknown_name_lists_the_known(tmp_path: Path, name: str) -> None:
    """No name reaches outside the folder, and the error says what there is."""
    seal(tmp_path)
    with pytest.raises(UnknownModel) as refused:
        FolderStore(str(tmp_path)).get(name)
    assert refused.value.known == ("toy",)


def test_a_model_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests and threads share one loaded model."""
    seal(tmp_path)
    loads: list[str] = []

    def counted(folder: str, trusted_digests: tuple[str, ...], seals: None) -> Artifact:
        loads.append(folder)
        return load(folder, trusted_digests, seals)

    monkeypatch.setattr(model, "load", counted)
    store = FolderStore(str(tmp_path))
    threads = [Thread(target=store.get, args=("toy",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("toy") is store.get("toy")
    assert len(loads) == 1


def test_a_broken_model_is_down_alone_until_its_files_change(tmp_path: Path) -> None:
    """One bad artifact leaves the others be, is not read again for nothing, and heals when it is replaced."""
    seal(tmp_path, "good")
    pickle = tmp_path / "toy" / seal(tmp_path).pickle.file
    pickle.write_bytes(b"broken")
    store = FolderStore(str(tmp_path))
    for _ in range(2):
        with pytest.raises(ModelUnavailable) as refused:
            store.get("toy")
        assert refused.value.cause.code == "digest-mismatch"
    assert store.get("good").name == "good"
    seal(tmp_path, threshold=0.25)
    assert store.get("toy").threshold == 0.25


def test_a_failure_does_not_gather_tracebacks(tmp_path: Path) -> None:
    """A remembered failure is raised anew each time: an exception raised again and again would grow for ever."""
    (tmp_path / "toy" / seal(tmp_path).pickle.file).write_bytes(b"broken")
    store = FolderStore(str(tmp_path))
    raised = []
    for _ in range(3):
        with pytest.raises(ModelUnavailable) as refused:
            store.get("toy")
        raised.append(refused.value)
    assert raised[1] is not raised[2]


def test_an_artifact_of_another_name_is_refused(tmp_path: Path) -> None:
    """A folder copied under another name does not pose as that model."""
    seal(tmp_path)
    (tmp_path / "toy").rename(tmp_path / "other")
    with pytest.raises(ModelUnavailable) as refused:
        FolderStore(str(tmp_path)).get("other")
    assert "'toy'" in str(refused.value.cause)
