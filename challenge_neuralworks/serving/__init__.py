"""From a Lambda event to its answer, without a framework."""

from challenge_neuralworks.serving.application import Application, build

__all__ = ["Application", "build"]
