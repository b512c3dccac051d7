"""The Lambda entry point: the function's Handler is `challenge_neuralworks.lambda_handler.lambda_handler`."""

from __future__ import annotations

import gc

# What is made while starting lives as long as the process: looking for garbage in it costs a tenth of the start.
gc.disable()

import os  # noqa: E402

from challenge_neuralworks.serving import build  # noqa: E402
from challenge_neuralworks.settings import read_settings  # noqa: E402

# The one module whose import does something: importing it is what starts the function, and the init
# phase is where provisioned concurrency and SnapStart take their copy of a ready handler.
lambda_handler = build(
    read_settings(os.environ)
).answer  # Calling the method takes 0.2 us less than calling its object.
"""Answers ``(event, context)``; see `challenge_neuralworks.serving.Application`."""

# Later collections need not look at it either.
gc.freeze()
gc.enable()
