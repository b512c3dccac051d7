"""Following the files that a running gateway was made from: code, models, usage plans."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from watchfiles import DefaultFilter, watch

import challenge_neuralworks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from watchfiles import Change

    from challenge_neuralworks.gateway.start import Plan

    Names = list[str]

QUIET_MS = 150
"""How long nothing must change before it counts as one change, milliseconds; a model is sealed in several steps."""

# What an artifact's writer calls a file that it has not finished.
WRITTEN = DefaultFilter(ignore_entity_patterns=(*DefaultFilter.ignore_entity_patterns, r"\.tmp$"))


class Watched(NamedTuple):
    """What is followed.

    folders : with all that is in them.
    files : each alone.
    """

    folders: tuple[Path, ...]
    files: tuple[Path, ...]


def watched(plan: Plan) -> Watched:
    """Return what a plan is served from, as far as it exists."""
    package = Path(challenge_neuralworks.__file__).resolve().parent
    folders = [package, Path(plan.settings.models_dir).resolve()]
    code = Path(inspect.getfile(plan.build)).resolve().parent
    if not code.is_relative_to(package):
        folders.append(code)
    plans = plan.options.usage_plans
    return Watched(tuple(path for path in folders if path.is_dir()), (Path(plans).resolve(),) if plans else ())


@contextmanager
def changes(plan: Plan, stop: Event) -> Iterator[Iterator[Names]]:
    """Follow what a plan is served from; the block gets the names of what changed, sorted, until ``stop`` is set.

    None is lost while the block does something else. In the end ``stop`` is set.
    """
    folders, files = watched(plan)
    queue: SimpleQueue[Names | None] = SimpleQueue()
    threads = [_follow(queue, stop, folders, WRITTEN, recursive=True)]
    if files:
        # A file that an editor replaces is another one to the system, but its folder sees both.
        parents = {file.parent for file in files}
        threads.append(_follow(queue, stop, parents, lambda _, path: Path(path) in files, recursive=False))
    try:
        yield iter(queue.get, None)
    finally:
        # The watch is no Python: it must not be left running when the interpreter goes.
        stop.set()
        for thread in threads:
            thread.join()


def shown(path: str | Path) -> str:
    """Return a path as one would type it here."""
    path, here = Path(path), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _follow(
    queue: SimpleQueue[Names | None],
    stop: Event,
    paths: tuple[Path, ...] | set[Path],
    accept: Callable[[Change, str], bool],
    *,
    recursive: bool,
) -> Thread:
    def follow() -> None:
        try:
            for batch in watch(*paths, watch_filter=accept, step=QUIET_MS, stop_event=stop, recursive=recursive):
                queue.put(sorted({shown(path) for _, path in batch}))
        finally:
            # Where the system cannot follow files, it says so here, and the server goes on.
            stop.wait()
            queue.put(None)

    thread = Thread(target=follow, name="watching", daemon=True)
    thread.start()
    return thread
