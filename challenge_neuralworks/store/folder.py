"""Models out of a local folder: each loaded on first use, once a process."""

from __future__ import annotations

import os
from threading import Lock

from challenge_neuralworks.artifact.manifest import FILE_NAME
from challenge_neuralworks.errors import ArtifactError, ModelUnavailable, NeuralworksError, UnknownModel
from challenge_neuralworks.models import model_class
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from challenge_neuralworks.artifact.seals import Seals
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.settings import Settings
    from challenge_neuralworks.store.news import Following

LONGEST_NAME = 64


class LoadFailed(ArtifactError):
    """A model's own module, or code it runs while loading, raised what it should not."""

    code = "load-failed"


class _Failure(NamedTuple):
    cause: NeuralworksError
    stamp: object


class FolderStore:
    """The models of ``models_dir``; one that fails its checks is down alone, and is tried again once its files change.

    Parameters
    ----------
    models_dir : path of a folder with one sub-folder a model.
    trusted_digests : SHA-256 digests of pickles that may hold code.
    seals : what looks at signatures; see `seals_of`.
    """

    def __init__(self, models_dir: str, trusted_digests: Collection[str] = (), seals: Seals | None = None) -> None:
        self.models_dir = models_dir
        self._trusted_digests = tuple(trusted_digests)
        self._seals = seals
        self._loaded: dict[str, Model] = {}
        self._failed: dict[str, _Failure] = {}
        self._lock = Lock()

    def names(self) -> tuple[str, ...]:
        """Return the name of every model that has a manifest, sorted."""
        try:
            entries = os.listdir(self.models_dir)
        except OSError:
            return ()
        return tuple(
            sorted(
                name
                for name in entries
                if is_name(name) and os.path.isfile(os.path.join(self.models_dir, name, FILE_NAME))
            )
        )

    def get(self, name: str) -> Model:
        """Return a model, loading it if need be.

        Raises
        ------
        UnknownModel : there is none of that name; lists those there are.
        ModelUnavailable : its artifact fails a check; ``cause`` says which.
        """
        model = self._loaded.get(name)
        return model if model is not None else self._load(name)

    def load(self, name: str, folder: str) -> Model:
        """Return the model of any folder, checked as those of this one are; raises as `load_model`."""
        return load_model(name, folder, self._trusted_digests, self._seals)

    def following(self, name: str) -> Following | None:  # noqa: ARG002 - of stores that follow
        """Return how following an alias of a model is doing; None, for here none is followed."""
        return None

    def candidate(self, name: str) -> Model | None:  # noqa: ARG002 - of stores that follow
        """Return the model that may come next; None, for a folder has one version of each."""
        return None

    def _load(self, name: str) -> Model:
        known = self.names()
        if name not in known:
            raise UnknownModel(name, known)
        folder = os.path.join(self.models_dir, name)
        with self._lock:
            # Another thread may have been first, and a failure is not computed again for nothing.
            if name in self._loaded:
                return self._loaded[name]
            stamp = _stamp(folder)
            failure = self._failed.get(name)
            if failure is not None and failure.stamp == stamp:
                raise ModelUnavailable(name, failure.cause)
            try:
                model = self.load(name, folder)
            except NeuralworksError as error:
                self._failed[name] = _Failure(error, stamp)
                raise ModelUnavailable(name, error) from error
            self._failed.pop(name, None)
            self._loaded[name] = model
            return model


def is_name(name: str) -> bool:
    """Return whether a model may be called so: a Python module's name, and safe as a folder and in a URL."""
    plain = name.isascii() and name.isidentifier() and name == name.lower()
    return plain and not name.startswith("_") and len(name) <= LONGEST_NAME


def seals_of(settings: Settings, warn: Callable[[str], object]) -> Seals | None:
    """Return what looks at signatures as settings ask, or None where no key is set: then nothing of it is imported.

    Parameters
    ----------
    warn : takes a sentence about an artifact without seal, where the policy is to warn.
    """
    if not settings.public_keys:
        return None
    from challenge_neuralworks.artifact.seals import Seals

    return Seals(settings.public_keys, settings.unsigned, warn)


def load_model(name: str, folder: str, trusted_digests: Collection[str] = (), seals: Seals | None = None) -> Model:
    """Return the model of a folder through its own class.

    Raises
    ------
    NeuralworksError : whatever kept it from loading.
    """
    try:
        model = model_class(name).load(folder, trusted_digests, seals)
    except NeuralworksError:
        raise
    # A model's module is its author's code: what it raises must take down this model only.
    except Exception as error:
        raise LoadFailed(f"loading {name!r} raised {type(error).__name__}: {error}") from error
    if model.name != name:
        raise LoadFailed(f"the folder {folder} holds an artifact of {model.name!r}, not of {name!r}")
    return model


def _stamp(folder: str) -> object:
    try:
        return tuple((entry.name, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in os.scandir(folder))
    except OSError:
        return None
