"""Sealed artifacts: a pickle and the manifest that says what it is, and how both are read and written."""

from challenge_neuralworks.artifact.loading import Artifact, load
from challenge_neuralworks.artifact.manifest import Golden, Manifest, Pickle, read_manifest

__all__ = ["Artifact", "Golden", "Manifest", "Pickle", "load", "read_manifest"]
