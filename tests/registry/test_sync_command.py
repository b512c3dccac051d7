"""``neuralworks sync`` and ``publish --from models:/``: what MLflow names reaches the store, through the gates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from challenge_neuralworks.registry.models import open_registry
from challenge_neuralworks.registry.tracking import track
from challenge_neuralworks.store.versions import Versions
from tests.cli.live import run
from tests.lifecycle.storing import store_at
from tests.registry.backends import Backend
from tests.registry.trainings import training

if TYPE_CHECKING:
    from click.testing import Result

NAME = "synced"


class Shop:
    """A store beside an MLflow in which two versions of a model are registered."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self.store = folder / "store"
        self.versions: Versions = store_at(self.store)
        self.registry = open_registry(backend.uri)
        records = [training(folder / f"{bias}", NAME, bias=bias) for bias in (-0.5, -0.25)]
        for record in records:
            track(self.registry, record)
        self.first, self.second = (record.manifest.version for record in records)

    def run(self, *arguments: str) -> Result:
        """Run a command over the store."""
        return run(*arguments, "--store", self.store)

    def at(self, alias: str = "production") -> str:
        """Return where an alias is, and how often it has moved."""
        pointer = self.versions.alias(NAME, alias)
        return f"{pointer.version} {pointer.serial}" if pointer else ""


@pytest.fixture
def shop(tmp_path: Path, a_file: Backend, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return one; MLflow is where the environment says."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", a_file.uri)
    return Shop(tmp_path, a_file)


def test_what_mlflow_names_is_published_and_promoted(shop: Shop) -> None:
    """A dry run writes nothing; then production is there, the reason says by whose word, and again is nothing to do."""
    shop.registry.set_alias(NAME, "production", shop.first)
    tried = shop.run("sync", NAME, "--dry-run")
    assert (tried.exit_code, shop.versions.objects.keys("")) == (0, ()), tried.output
    done = shop.run("sync", NAME)
    assert (done.exit_code, shop.at()) == (0, f"{shop.first} 1"), done.output
    assert done.stdout.splitlines()[-1].endswith(": MLflow's production is its version 1")
    again = shop.run("sync", NAME)
    assert again.stdout == f"{NAME} production is at {shop.first} already, nothing to do\n"
    shop.registry.set_alias(NAME, "candidate", shop.second)
    assert shop.run("sync", NAME, "--alias", "candidate", "--dry-run").exit_code == 0
    assert shop.at("candidate") == ""
    assert shop.run("sync", NAME, "--alias", "candidate").exit_code == 0
    assert shop.at("candidate") == f"{shop.second} 1"
    # The same gates as those of promote: evidence that nobody has keeps this one closed.
    shop.registry.set_alias(NAME, "production", shop.second)
    refused = shop.run("sync", NAME, "--shadow-rows", "1", "--shadow-log", "none.log")
    assert (refused.exit_code, shop.at()) == (1, f"{shop.first} 1")
    assert "shadow closed" in refused.stderr
    assert shop.run("sync", NAME).exit_code == 0
    assert shop.at() == f"{shop.second} 2"


def test_a_registered_version_is_published(shop: Shop) -> None:
    """By its alias or its number; what MLflow does not have is named."""
    shop.registry.set_alias(NAME, "candidate", shop.second)
    done = shop.run("publish", NAME, "--from", f"models:/{NAME}@candidate")
    assert (done.exit_code, shop.at("candidate")) == (0, f"{shop.second} 1"), done.output
    assert shop.run("publish", NAME, "--from", f"models:/{NAME}/1").exit_code == 0
    assert shop.at("candidate") == f"{shop.first} 2"
    assert "MLflow has no 'nothing'" in shop.run("publish", NAME, "--from", f"models:/{NAME}@nothing").stderr
