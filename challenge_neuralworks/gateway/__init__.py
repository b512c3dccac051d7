"""The local API Gateway: the function's own handler behind HTTP, called with the events AWS would send."""

from challenge_neuralworks.gateway.options import Options, read_options
from challenge_neuralworks.gateway.start import DEFAULT_KEY, local_settings, run

__all__ = ["DEFAULT_KEY", "Options", "local_settings", "read_options", "run"]
