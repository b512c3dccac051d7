"""The manifest: everything about an artifact that can be known without unpickling it."""

from __future__ import annotations

import json
import os

from challenge_neuralworks.errors import ManifestInvalid, SignatureError
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.signature import Signature

if TYPE_CHECKING:
    from typing import Any, Literal

FORMAT = 1
"""Version of the manifest's own layout; docs/architecture.md says how it changes."""

FILE_NAME = "manifest.json"

LARGEST_BYTES = 16 * 2**20


class Pickle(NamedTuple):
    """What the pickle file must be.

    holds : ``scorer`` (this package's own tables) or ``estimator`` (an original sklearn object).
    imports : every global that unpickling may ask for, as ``module:name``.
    """

    file: str
    sha256: str
    bytes: int
    holds: Literal["scorer", "estimator"]
    imports: tuple[str, ...]


class Golden(NamedTuple):
    """An instance with the prediction it had when the artifact was sealed."""

    instance: dict[str, Any]
    prediction: tuple[float, ...]


class Manifest(NamedTuple):
    """One version of one model, described.

    version : derived from the sealed content, so equal content has an equal version.
    created : UTC, ISO 8601.
    classes : what each position of a prediction stands for; empty for a regression, which predicts one value.
    threshold : two-class models answer the second class from this probability on; None for all others.
    trained : data digest, seed, recipe, code version and package versions.
    metrics : name -> value, as measured when the model was trained.
    """

    name: str
    version: str
    created: str
    description: str
    pickle: Pickle
    signature: Signature
    classes: tuple[int | str, ...]
    threshold: float | None
    trained: dict[str, Any]
    metrics: dict[str, Any]
    golden: tuple[Golden, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as the JSON object that its file holds."""
        return {
            "format": FORMAT,
            **self._asdict(),
            "pickle": self.pickle._asdict(),
            "signature": self.signature.to_json(),
            "golden": [golden._asdict() for golden in self.golden],
        }


def read_manifest(folder: str) -> Manifest:
    """Return the manifest of the artifact in a folder.

    Raises
    ------
    ManifestInvalid : it is missing, is no JSON, is of another format, or lacks or misstates an entry; names it.
    """
    return parse(read_content(folder), os.path.join(folder, FILE_NAME))


def read_content(folder: str) -> bytes:
    """Return the bytes of the manifest in a folder, of which nothing is believed yet.

    Raises
    ------
    ManifestInvalid : it is missing, cannot be read, or is far too large.
    """
    path = os.path.join(folder, FILE_NAME)
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ManifestInvalid(path, f"cannot be read: {error}") from error
    if len(content) > LARGEST_BYTES:
        raise ManifestInvalid(path, f"it has more than {LARGEST_BYTES:,} bytes")
    return content


def parse(text: bytes, path: str) -> Manifest:
    """Return the manifest that bytes hold; ``path`` names them in errors.

    Raises
    ------
    ManifestInvalid : as `read_manifest`.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ManifestInvalid(path, f"cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else None
        raise ManifestInvalid(path, f"format {found!r} is not the format {FORMAT} that this version reads")
    return _checked(content, path)


def check(manifest: Manifest) -> None:
    """Raise unless a reader would take a manifest as it would be written.

    Raises
    ------
    ManifestInvalid : an entry is misstated; names it.
    """
    _checked(json.loads(json.dumps(manifest.to_json())), manifest.name)


def _checked(content: dict[str, Any], path: str) -> Manifest:
    try:
        return _parse(content)
    except KeyError as error:
        raise ManifestInvalid(path, f"entry {error} is missing") from error
    except (TypeError, ValueError, AttributeError, SignatureError) as error:
        raise ManifestInvalid(path, str(error)) from error


def _parse(content: dict[str, Any]) -> Manifest:
    signature = Signature.from_json(content["signature"])
    classes = tuple(_is(entry, int | str, "classes") for entry in _is(content["classes"], list, "classes"))
    threshold = _threshold(content["threshold"], classes)
    if not content["golden"]:
        raise ValueError("entry golden is empty: nothing would prove that the pickle predicts as promised")
    return Manifest(
        name=_is(content["name"], str, "name"),
        version=_is(content["version"], str, "version"),
        created=_is(content["created"], str, "created"),
        description=_is(content["description"], str, "description"),
        pickle=_pickle(_is(content["pickle"], dict, "pickle")),
        signature=signature,
        classes=classes,
        threshold=threshold,
        trained=_is(content["trained"], dict, "trained"),
        metrics=_is(content["metrics"], dict, "metrics"),
        golden=tuple(
            _golden(entry, signature.names, len(classes) or 1) for entry in _is(content["golden"], list, "golden")
        ),
    )


def _threshold(entry: Any, classes: tuple[int | str, ...]) -> float | None:
    if len(classes) == 1:
        raise ValueError(f"classes {classes} must be two or more, or none for a regression")
    if len(classes) != 2:
        return None
    threshold = float(_is(entry, int | float, "threshold"))
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold {threshold} must be in [0, 1]")
    return threshold


def _pickle(entry: dict[str, Any]) -> Pickle:
    file = _is(entry["file"], str, "pickle.file")
    # The name is joined to the model's folder: it must not lead out of it.
    if os.path.basename(file) != file or not file.endswith(".pkl"):
        raise ValueError(f"pickle.file {file!r} must be the name of a .pkl file beside the manifest")
    holds = entry["holds"]
    if holds not in ("scorer", "estimator"):
        raise ValueError(f"pickle.holds {holds!r} must be 'scorer' or 'estimator'")
    return Pickle(
        file=file,
        sha256=_is(entry["sha256"], str, "pickle.sha256"),
        bytes=_is(entry["bytes"], int, "pickle.bytes"),
        holds=holds,
        imports=tuple(_is(item, str, "pickle.imports") for item in entry["imports"]),
    )


def _golden(entry: Any, names: tuple[str, ...], size: int) -> Golden:
    instance = _is(_is(entry, dict, "golden")["instance"], dict, "golden.instance")
    if instance.keys() != set(names):
        raise ValueError(f"golden.instance has the fields {sorted(instance)}, not {sorted(names)}")
    prediction = tuple(float(_is(p, int | float, "golden.prediction")) for p in entry["prediction"])
    if len(prediction) != size:
        raise ValueError(f"golden.prediction has {len(prediction)} entries, not {size}")
    return Golden(instance, prediction)


def _is(value: Any, kind: Any, name: str) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"entry {name} is {value!r:.80}, which has the wrong type")
    return value
