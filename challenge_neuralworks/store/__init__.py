"""Where artifacts live, and the one place that loads and keeps models."""

from challenge_neuralworks.store.folder import FolderStore

__all__ = ["FolderStore"]
