"""A deploy: publish, try the version, shift callers to it, try again; and back where any of it fails."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.deploy.release.asking import Asking
from challenge_neuralworks.deploy.release.comparing import compare
from challenge_neuralworks.deploy.release.function import percent
from challenge_neuralworks.deploy.release.lock import Lock
from challenge_neuralworks.deploy.release.planning import LEFT, make_plan
from challenge_neuralworks.deploy.release.publishing import publish
from challenge_neuralworks.deploy.release.refusing import AwsError
from challenge_neuralworks.deploy.release.shifting import Shift
from challenge_neuralworks.deploy.release.smoke import smoke
from challenge_neuralworks.deploy.release.watching import Bounds, Watch, watch_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.deploy.release.calling import Calls, Pace
    from challenge_neuralworks.deploy.release.code import Code
    from challenge_neuralworks.deploy.release.function import Function, Version
    from challenge_neuralworks.deploy.release.planning import Plan
    from challenge_neuralworks.deploy.release.stopping import Stop


class Bench(NamedTuple):
    """What a deploy works with.

    metrics : calls of CloudWatch.
    say : takes a line for whoever looks on.
    """

    function: Function
    metrics: Calls
    stop: Stop
    say: Callable[[str], None]
    pace: Pace
    owner: str

    @contextmanager
    def locked(self) -> Iterator[Lock]:
        """Hold the function's lock until the block ends, however it ends."""
        lock = Lock(self.function, self.owner, self.pace.lease_s)
        try:
            if note := lock.take():
                self.say(note)
            yield lock
        finally:
            self.stop.hold()
            self._free(lock)

    def _free(self, lock: Lock) -> None:
        try:
            lock.free()
        except AwsError as error:
            # What was deployed is deployed; the lock ends by itself.
            self.say(f"the lock could not be freed, and runs out by {lock.until:%H:%M:%S} UTC: {error}")

    def rest(self, lock: Lock) -> Callable[[], None]:
        """Return what waits a little, keeps the lock, and hears a stop."""

        def rest() -> None:
            self.stop.wait(self.pace.poll_s)
            lock.beat()

        return rest


class Wanted(NamedTuple):
    """What shall serve, and how it gets there.

    manifests : of the models that it must serve.
    canary : share of calls that it gets at first; 0 is all at once.
    watch_s : how long it has only those.
    most_disagreement : share of labels that may differ from the live version's; None only reports.
    last_check : raises a `ReleaseError` where what callers reach is not well, such as the API in front.
    """

    code: Code
    manifests: Sequence[Manifest]
    canary: float = 0.0
    watch_s: float = 300.0
    bounds: Bounds = Bounds()
    most_disagreement: float | None = None
    last_check: Callable[[], None] | None = None


def deploy(bench: Bench, wanted: Wanted, *, dry_run: bool = False) -> None:
    """Deploy, or with `dry_run` only say what that would change.

    Raises
    ------
    ReleaseError : says why it is not done; ``live`` is where it was.
    """
    plan = make_plan(bench.function, wanted.code, wanted.canary)
    told = list(plan.lines())
    _say_all(bench, told)
    if dry_run:
        return
    with bench.locked() as lock:
        # What was read before the lock was taken may have changed.
        plan = make_plan(bench.function, wanted.code, wanted.canary)
        if list(plan.lines()) != told:
            bench.say("changed before the lock was taken; the plan is now:")
            _say_all(bench, plan.lines())
        _carry_out(bench, wanted, plan, lock)


def _carry_out(bench: Bench, wanted: Wanted, plan: Plan, lock: Lock) -> None:
    if plan.live.weights:
        _drop_weights(bench, plan, lock)
        plan = plan._replace(live=bench.function.live())
    if plan.is_done:
        _check_live(bench, wanted)
        return
    version = _proven(bench, wanted, plan, lock)
    if version.number == plan.live.version:
        # AWS sees no difference where the plan saw one: a setting that it words in two ways.
        bench.say(f"version {version.number} is live already")
        _check_live(bench, wanted)
        return
    with Shift(bench.function, plan.live, lock, bench.stop, bench.say, bench.pace.poll_s) as shift:
        if wanted.canary:
            shift.to(plan.live.version, {version.number: wanted.canary})
            bench.say(
                f"live: version {version.number} gets {percent(wanted.canary)} of the calls for {wanted.watch_s:g} s"
            )
            _watch(bench, wanted, version, lock)
        shift.keep_previous(plan.live.version)
        shift.to(version.number)
        bench.say(f"live: version {version.number} gets all calls")
        _check_live(bench, wanted)


def _check_live(bench: Bench, wanted: Wanted) -> None:
    bench.say(f"smoke of live: {smoke(Asking(bench.function, 'live'), wanted.manifests)}")
    if wanted.last_check is not None:
        wanted.last_check()
    bench.stop.check()


def _drop_weights(bench: Bench, plan: Plan, lock: Lock) -> None:
    # Never undone: what was left of a deploy is wanted by nobody.
    Shift(bench.function, plan.live, lock, bench.stop, bench.say).to(plan.live.version)
    bench.say(f"live: version {plan.live.version} gets all calls again; the weights were {LEFT}")


def _proven(bench: Bench, wanted: Wanted, plan: Plan, lock: Lock) -> Version:
    function = bench.function
    version = publish(function, wanted.code, f"{plan.digest[:71]} by {bench.owner}"[:256], bench.pace, bench.rest(lock))
    bench.say(f"version {version.number} is ready: {version.digest}")
    new = Asking(function, version.number)
    bench.say(f"smoke of version {version.number}: {smoke(new, wanted.manifests)}")
    for line in compare(Asking(function, plan.live.version), new, wanted.manifests, wanted.most_disagreement):
        bench.say(f"beside version {plan.live.version}: {line}")
    return version


def _watch(bench: Bench, wanted: Wanted, version: Version, lock: Lock) -> None:
    bounds, now = wanted.bounds, bench.function.now
    if bounds.p99_ms is None:
        bounds = bounds._replace(p99_ms=version.timeout_s * 800)
    watch = Watch(bench.metrics, bench.function.name, "live", version.number, now())
    seen = watch_for(watch, wanted.watch_s, bounds, now, bench.rest(lock))
    bench.say(f"watch: {seen}" + ("" if seen.invocations else ": CloudWatch has nothing to judge by yet"))


def _say_all(bench: Bench, lines: Sequence[str] | Iterator[str]) -> None:
    for line in lines:
        bench.say(line)
