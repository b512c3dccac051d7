"""Runs a command, and is killed at its n-th step that writes, for each n until the command ends by itself.

``python killed.py ROOT FOLDER publish|promote``: after each death the store is read, and the command is run once more;
a JSON line each says what was found.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from challenge_neuralworks.cli import main
from tests.lifecycle.storing import point, store_at
from tests.store.killed import Dying, make_every_step_count

Found = dict[str, Any]


def state(root: str) -> Found:
    """Return all that a reader finds; every version there is downloaded and its digests are verified."""
    versions = store_at(root)
    names = versions.versions("toy")
    for version in names:
        versions.fetch("toy", version, f"{root}-cache")
    pointers = {alias: versions.alias("toy", alias) for alias in ("candidate", "production")}
    return {"versions": list(names), **{alias: pointer and pointer.version for alias, pointer in pointers.items()}}


def in_a_child(run: Callable[[], object]) -> int:
    """Run something in a process of its own and return how it ended."""
    child = os.fork()
    if child == 0:
        try:
            run()
        except SystemExit as ended:
            os._exit(int(ended.code or 0))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def prepare(root: str, folder: str, what: str) -> None:
    """Bring a new store to where the command begins."""
    versions = store_at(root)
    if what == "promote":
        first, second = (versions.publish(f"{folder}/{name}/toy") for name in ("first", "second"))
        point(versions, "production", first)
        point(versions, "candidate", second)


def go(root: str, folder: str, what: str) -> None:
    """Die at every step in turn."""
    for step in range(1000):
        # A store of its own for each death, so that each begins from nothing.
        here = f"{root}/{step}"
        prepare(here, folder, what)
        arguments = [what, "toy", "--store", here]
        arguments += ["--keep-shadow"] if what == "promote" else ["--from", f"{folder}/first/toy"]

        def run(arguments: list[str] = arguments) -> None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            main(arguments)

        def die(run: Callable[[], None] = run, step: int = step) -> None:
            make_every_step_count(Dying(step))
            run()

        told = {"ended": in_a_child(die), "after": state(here), "again": [in_a_child(run), state(here)]}
        print(json.dumps(told), flush=True)
        if told["ended"] == 0:
            return


if __name__ == "__main__":
    go(*sys.argv[1:])
