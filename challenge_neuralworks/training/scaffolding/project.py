"""Where the files of a model go, and what of the project is derived from all models."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import challenge_neuralworks
from challenge_neuralworks.errors import ConfigurationError

PACKAGE = "challenge_neuralworks"
NEEDED = ("dvc.yaml", "params.yaml", "pyproject.toml", PACKAGE, "tests/models", "docs/models")
DERIVED = ("docs/openapi.json", "infra/openapi.json.tftpl")
"""Files that describe every model; written anew by `neuralworks openapi`."""

SHARED = ("params.yaml", "dvc.lock", *DERIVED)
"""Files that are not the model's own, and change with it."""


class Places(NamedTuple):
    """Paths of a model's files, below the project's folder; those of `sources` are meant to be edited."""

    model: str
    recipe: str
    declared: str
    texts: str
    dataset: str
    tests: str
    data: str
    reference: str
    answers: str

    @property
    def sources(self) -> tuple[str, ...]:
        """Files that are written once, by whose digests an edit is noticed."""
        return (self.model, self.recipe, self.declared, self.texts, self.dataset, self.tests, self.reference)


def places(name: str) -> Places:
    """Return where the files of a model go."""
    training = f"{PACKAGE}/training"
    return Places(
        model=f"{PACKAGE}/models/{name}.py",
        recipe=f"{training}/recipes/{name}.py",
        declared=f"{training}/checks/declared/{name}.py",
        texts=f"{training}/cards/texts/{name}.py",
        dataset=f"data/{name}.toml",
        tests=f"tests/models/test_{name}.py",
        # In a folder that git ignores, whatever the file is called.
        data=f"data/raw/{name}.csv",
        reference=f"data/reference/{name}.json",
        answers=f"stress_test/answers/{name}.json",
    )


def made_by_stages(name: str) -> tuple[str, ...]:
    """Return the files and folders that the stages of a model write."""
    return (
        f"data/interim/{name}.csv",
        f"data/interim/{name}.json",
        f"data/processed/{name}",
        f"reports/{name}",
        f"models/{name}",
        f"docs/models/{name}.md",
        f"docs/models/{name}.json",
    )


def project_root() -> Path:
    """Return the project's folder, which is the current one.

    Raises
    ------
    ConfigurationError : it is none, or the package that runs is not the one in it.
    """
    root = Path.cwd()
    absent = [path for path in NEEDED if not (root / path).exists()]
    if absent:
        raise ConfigurationError("folder", str(root), f"the project's own, with {', '.join(absent)}")
    running = Path(challenge_neuralworks.__file__).resolve().parent
    if running != (root / PACKAGE).resolve():
        raise ConfigurationError("folder", str(root), f"the one of the package that runs, {running.parent}")
    return root
