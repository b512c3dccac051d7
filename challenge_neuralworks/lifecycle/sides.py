"""A version as gates and comparisons look at it: fetched, with what was measured of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.artifact.manifest import read_manifest
from challenge_neuralworks.errors import UnknownVersion
from challenge_neuralworks.lifecycle.refusing import Refused
from challenge_neuralworks.store.folder import load_model, seals_of
from challenge_neuralworks.store.versions import EVALUATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.settings import Settings
    from challenge_neuralworks.store.versions import Versions


class Side(NamedTuple):
    """A version of a model.

    evaluation : what ``evaluation.json`` beside it holds; None where there is none that can be read.
    folder : where its files are.
    """

    manifest: Manifest
    evaluation: dict[str, Any] | None
    folder: str

    @property
    def version(self) -> str:
        """Its version."""
        return self.manifest.version


class Trust(NamedTuple):
    """What an artifact is loaded with: the checks that the environment asks for.

    warn : takes a sentence about an artifact without seal, where the policy is to warn.
    """

    settings: Settings
    warn: Callable[[str], object]

    def load(self, side: Side, *, sealed: bool = True) -> Model:
        """Return the model of a version, loaded with all its checks; ``sealed``: its signature's too.

        Raises
        ------
        NeuralworksError : whichever check failed.
        """
        seals = seals_of(self.settings, self.warn) if sealed else None
        return load_model(side.manifest.name, side.folder, self.settings.trusted_digests, seals)


def fetch_side(versions: Versions, name: str, version: str, into: str) -> Side:
    """Return a version, downloaded into a folder that is the caller's own.

    Raises
    ------
    NeuralworksError : as `Versions.fetch`.
    """
    folder = versions.fetch(name, version, into)
    content = versions.file(name, version, EVALUATION)
    if content is not None:
        # Beside the rest, so that a seal over it is looked at as well.
        (Path(folder) / EVALUATION).write_bytes(content)
    return Side(read_manifest(folder), read_evaluation(content), folder)


def read_evaluation(content: bytes | None) -> dict[str, Any] | None:
    """Return what an evaluation's file holds, or None where it is none."""
    try:
        found = json.loads(content or b"null")
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("splits"), list) else None


def resolve(versions: Versions, name: str, reference: str) -> str:
    """Return the version that an alias or a version stands for, in this order.

    Raises
    ------
    Refused : the store has neither; lists the versions there are.
    """
    pointer = versions.alias(name, reference) if reference.isidentifier() else None
    if pointer is not None:
        return pointer.version
    try:
        return versions.manifest(name, reference).version
    except UnknownVersion as error:
        raise Refused(
            f"model {name!r} has no alias and no version {reference!r} in {versions.objects.place}; "
            f"versions: {error.served}. 'neuralworks publish {name}' puts one there"
        ) from error
