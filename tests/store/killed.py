"""Does a thing in a store, and is killed at its n-th step, for each n until it is done.

``python killed.py URL FOLDER publish|move``: after each death the store is read and the thing is begun again by nobody;
a JSON line each says what was found.
"""

from __future__ import annotations

import builtins
import http.client
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.versions import Versions
from tests.store.sharing import at


class Dying:
    """Counts steps, and kills this very process at one."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self) -> None:
        """Take one step."""
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def before_and_after(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a call with a step before it and one after it."""

        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.step()
            answer = call(*args, **kwargs)
            self.step()
            return answer

        return stepped


def make_every_step_count(dying: Dying) -> None:
    """Count what writes: opened files, what is flushed to disk, renamed and made; and what goes to a server."""
    opened = builtins.open

    def counted(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        return (dying.before_and_after(opened) if "w" in mode or "a" in mode else opened)(file, mode, *args, **kwargs)

    builtins.open = counted
    for name in ("fsync", "replace", "rename", "mkdir"):
        setattr(os, name, dying.before_and_after(getattr(os, name)))
    for name in ("send", "getresponse"):
        setattr(http.client.HTTPConnection, name, dying.before_and_after(getattr(http.client.HTTPConnection, name)))


def found(versions: Versions) -> dict[str, Any]:
    """Return all that a reader finds; every version there is downloaded and its digests are verified."""
    with tempfile.TemporaryDirectory() as cache:
        names = versions.versions("toy")
        for version in names:
            versions.fetch("toy", version, cache)
    pointer = versions.alias("toy", "production")
    return {"versions": list(names), "alias": pointer and [pointer.version, pointer.serial, len(pointer.moves)]}


def main(url: str, folder: str, what: str) -> None:
    """Run until a child is not killed."""
    client = open_objects(url)
    for step in range(1000):
        # A place of its own for each death, so that each begins from nothing.
        here = f"{url}/{step}"
        versions = Versions(at(client, here) if here.startswith("s3:") else open_objects(here))
        if what == "move":
            first = versions.publish(f"{folder}/first/toy")
            second = versions.publish(f"{folder}/second/toy")
            planned = versions.move("toy", "production", first, None, "ana", "first")
        # The child gets connections of its own.
        client.close()
        child = os.fork()
        if child == 0:
            make_every_step_count(Dying(step))
            if what == "move":
                versions.move("toy", "production", second, planned, "ben", "second")
            else:
                versions.publish(f"{folder}/first/toy")
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told = {"at": step, "ended": ended, "after": found(versions)}
        if what == "publish":
            told["again"] = [versions.publish(f"{folder}/first/toy"), found(versions)]
        print(json.dumps(told), flush=True)
        if ended == 0:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
