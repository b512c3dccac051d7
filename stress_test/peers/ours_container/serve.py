"""What the container image runs, ``python -m challenge_neuralworks.gateway``, but for this machine only."""

import os

from challenge_neuralworks.gateway.options import read_options
from challenge_neuralworks.gateway.start import local_settings, run

run(local_settings(os.environ), host="127.0.0.1", options=read_options(os.environ))
