"""Plain HTTP in a container: ``python -m challenge_neuralworks.gateway`` on every interface, port $PORT or 8080."""

from __future__ import annotations

import os
import sys

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.gateway.options import read_options
from challenge_neuralworks.gateway.start import local_settings, run

PORT = 8080


def main() -> None:
    """Serve what the environment describes; a mistake in it is one line and status 1."""
    try:
        settings, options = local_settings(os.environ, port=PORT), read_options(os.environ)
        run(settings, host="0.0.0.0", options=options)  # noqa: S104  # a container's own interfaces
    except NeuralworksError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
