"""Seals of a store's versions: only what the key signed is followed, and a stolen key is left behind as documented."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from challenge_neuralworks.cli import main
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import read_settings
from challenge_neuralworks.store.folder_objects import FolderObjects
from challenge_neuralworks.store.versions import Versions
from tests.making import INSTANCE, Context, rest_event
from tests.signed import Pair, new_pair, sealed_toy
from tests.store.making import point, publish
from tests.store.place import until


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    """Return an empty store in a folder."""
    return Versions(FolderObjects(str(tmp_path / "store")))


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Return a key pair."""
    return new_pair(tmp_path, "key")


def served_by(handler: Application) -> str:
    """Return the version that answers."""
    answer = handler(rest_event("POST", "/inference/toy", INSTANCE), Context())
    version: str = json.loads(answer["body"])["version"]
    return version


def test_an_unsigned_version_is_not_followed(
    versions: Versions, pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can write to the store puts a version there and moves the alias: the signed one goes on, the log says why."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    signed = versions.publish(str(sealed_toy(tmp_path / "signed", pair)))
    point(versions, signed)
    environ = {
        "NEURALWORKS_MODELS_DIR": str(tmp_path / "none"),
        "NEURALWORKS_STORE": str(tmp_path / "store"),
        "NEURALWORKS_STORE_TTL_S": "0.1",
        "NEURALWORKS_PUBLIC_KEYS": pair.public.read_text(encoding="ascii"),
    }
    handler = build(read_settings(environ))
    try:
        assert served_by(handler) == signed
        point(versions, publish(versions, tmp_path / "unsigned", 0.25))
        seen: list[str] = []

        def told() -> bool:
            assert served_by(handler) == signed
            seen.append(capsys.readouterr().out)
            return '"error":"seal-missing"' in "".join(seen).replace('": "', '":"')

        until(told)
        another = versions.publish(str(sealed_toy(tmp_path / "another", pair, threshold=0.75)))
        point(versions, another)
        until(lambda: served_by(handler) == another)
    finally:
        handler.store.close()  # type: ignore[attr-defined]


def test_a_stolen_key_is_left_behind(versions: Versions, pair: Pair, tmp_path: Path) -> None:
    """As docs/security.md says: its seal removed by hand, the same version published with the new key."""
    folder = sealed_toy(tmp_path / "models", pair)
    version = versions.publish(str(folder))
    new = new_pair(tmp_path, "new")
    (tmp_path / "store" / "toy" / version / "seal.json").unlink()
    command = ["publish", "toy", "--store", str(tmp_path / "store"), "--from", str(folder), "--key", str(new.private)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    fetched = Path(versions.fetch("toy", version, str(tmp_path / "fetched")))
    verified = [
        CliRunner().invoke(main, ["verify", str(fetched), "--public-key", str(key.public)]) for key in (pair, new)
    ]
    assert [one.exit_code for one in verified] == [1, 0]
    shutil.rmtree(fetched)
