"""The local gateway around one handler that all environments share: ``python -m stress_test.aws.function``.

A new environment's own loading would take the processor that the others, and whoever sends, need here; on AWS each
brings its own. So the handler is loaded once, and a cold start is a sleep of the stated length.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from challenge_neuralworks.gateway.core import Handler
    from challenge_neuralworks.settings import Settings

COLD = "x-cold-start"
"""Header of the answers that a new environment gave first."""


def build(settings: Settings) -> Handler:
    """Return the handler of a new environment; its first answer says that it is the first."""
    handler = _shared(settings)
    calls = count()

    def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answered = handler(event, context)
        if next(calls):
            return answered
        return {**answered, "headers": {**(answered.get("headers") or {}), COLD: "1"}}

    return answer


@lru_cache(maxsize=1)
def _shared(settings: Settings) -> Handler:
    from challenge_neuralworks import serving

    return serving.build(settings)


def main() -> None:
    """Serve as the environment says; a mistake in it is one line and status 1."""
    from challenge_neuralworks.gateway import local_settings, read_options, run

    try:
        run(local_settings(os.environ), options=read_options(os.environ), server="granian", build=build)
    except NeuralworksError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
