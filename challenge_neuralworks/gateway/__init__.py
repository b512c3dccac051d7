"""The local API Gateway: the function's own handler behind HTTP, called with the events AWS would send."""

from challenge_neuralworks.gateway.start import DEFAULT_KEY, local_settings, run

__all__ = ["DEFAULT_KEY", "local_settings", "run"]
