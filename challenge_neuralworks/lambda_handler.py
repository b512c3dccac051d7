"""The Lambda entry point: the function's Handler is `challenge_neuralworks.lambda_handler.lambda_handler`."""

from __future__ import annotations

import os

from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import read_settings

# The one module whose import does something: importing it is what starts the function, and the init
# phase is where provisioned concurrency and SnapStart take their copy of a ready handler.
lambda_handler = build(read_settings(os.environ))
"""Answers ``(event, context)``; see `challenge_neuralworks.serving.Application`."""
