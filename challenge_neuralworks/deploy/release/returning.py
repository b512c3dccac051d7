"""A rollback: callers go back to a version that served before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.deploy.release.asking import Asking
from challenge_neuralworks.deploy.release.publishing import ready
from challenge_neuralworks.deploy.release.refusing import Refused
from challenge_neuralworks.deploy.release.shifting import PREVIOUS, Shift
from challenge_neuralworks.deploy.release.smoke import smoke_as_it_is

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.deploy.release.deploying import Bench
    from challenge_neuralworks.deploy.release.function import Alias, Function


def roll_back(bench: Bench, manifests: Sequence[Manifest], to: str = "", *, dry_run: bool = False) -> None:
    """Have all calls go to an earlier version, or with `dry_run` only say to which.

    Parameters
    ----------
    manifests : of the models here; those that are the version's too are tried with their golden instances.
    to : a version's number; "" takes a canary away, or goes back to what was live before the last deploy.

    Raises
    ------
    ReleaseError : says why it is not done; ``live`` is where it was.
    """
    live = bench.function.live()
    target = to or _earlier(bench.function, live)
    bench.say(f"{bench.function.name}: live is {live}\n  live      -> version {target}, all calls")
    if dry_run:
        return
    with bench.locked() as lock:
        live = bench.function.live()
        target = to or _earlier(bench.function, live)
        ready(bench.function, target, bench.pace, bench.rest(lock))
        bench.say(f"smoke of version {target}: {smoke_as_it_is(Asking(bench.function, target), manifests)}")
        with Shift(bench.function, live, lock, bench.stop, bench.say, bench.pace.poll_s) as shift:
            shift.to(target)
            bench.say(f"live: version {target} gets all calls")
            bench.say(f"smoke of live: {smoke_as_it_is(Asking(bench.function, 'live'), manifests)}")
            bench.stop.check()


def _earlier(function: Function, live: Alias) -> str:
    if live.weights:
        return live.version
    previous = function.alias(PREVIOUS)
    if previous is None:
        raise Refused("nothing says what was live before: name a version with --to")
    if previous.version == live.version:
        raise Refused(f"live is at {live} already, the last that was good before: name another with --to")
    return previous.version
