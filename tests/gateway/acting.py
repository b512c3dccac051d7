"""A function that does as its path says, and says which environment it ran in."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from challenge_neuralworks.gateway.core import Handler
    from challenge_neuralworks.settings import Settings

COMMAND = ["-c", "from tests.gateway.acting import main; main()"]
BUILT = count(1)


def build(settings: Settings) -> Handler:
    """Return a function of its own: it counts its calls, and notes those that it ended in the models' folder."""
    number, calls = next(BUILT), count(1)
    done = Path(settings.models_dir) / "done"

    def act(event: dict[str, Any], context: Any) -> dict[str, Any]:
        _, what, *how = event["path"].split("/")
        remaining_ms = context.get_remaining_time_in_millis()
        if what == "sleep":
            time.sleep(float(how[0]))
        elif what == "spin":
            until = time.monotonic() + float(how[0])
            while time.monotonic() < until:
                pass
        elif what == "exit":
            sys.exit("as asked")
        told = {
            "built": number,
            "call": next(calls),
            "environment": context.log_stream_name,
            "remaining_ms": remaining_ms,
            "threads": threading.active_count(),
        }
        with done.open("a", encoding="utf-8") as file:
            file.write(f"{event['path']}\n")
        return {"statusCode": 200, "body": json.dumps(told)}

    return act


def main() -> None:
    """Serve the function under granian, as the environment says."""
    from challenge_neuralworks.gateway import local_settings, read_options, run

    run(local_settings(os.environ), options=read_options(os.environ), server="granian", build=build)
