"""One alias of one model: asked, what it names downloaded, verified, loaded, swapped in; a failure changes nothing."""

from __future__ import annotations

from threading import Event, Lock
from time import gmtime, monotonic, strftime, time

from challenge_neuralworks.errors import ArtifactError, NeuralworksError
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.errors import UnknownAlias
from challenge_neuralworks.store.folder import LoadFailed
from challenge_neuralworks.store.news import CHANGED, KEPT, RECOVERED, Failures, Following, News

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store.aliases import Pointer
    from challenge_neuralworks.store.news import Tell
    from challenge_neuralworks.store.source import Source

AGAIN_S = 300.0
"""When a version that failed a check is tried again: it stays as it is, but this machine may have been to blame."""

PERIODS = 2
"""Periods without a good look after which what is served may be out of date."""


class Followed:
    """An alias of a model, and what came of following it.

    Parameters
    ----------
    source : where versions and aliases are.
    serving : name -> model that answers; a version that passed all its checks is put there, in one assignment.
    tell : takes what there is to tell.

    Attributes
    ----------
    begun : when it was first wanted, by the monotonic clock.
    looked : set once the alias was asked, whatever came of it.
    reached : whether the store ever answered.
    failures : what the last looks failed of.
    """

    def __init__(self, source: Source, name: str, alias: str, serving: dict[str, Model], tell: Tell) -> None:
        self.name = name
        self.alias = alias
        self.begun = monotonic()
        self.looked = Event()
        self.reached = False
        self.failures = Failures(tell)
        self._source = source
        self._serving = serving
        self._tell = tell
        self._lock = Lock()
        self._etag: str | None = None
        self._wanted, self._followed = "", ""
        self._since, self._checked = 0.0, 0.0
        self._again = 0.0

    def look(self) -> None:
        """Ask the alias and serve what it names; whatever fails, what is served stays."""
        # One look at a time; who comes meanwhile has nothing to add.
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._follow()
        except NeuralworksError as error:
            self._fail(error)
        # A thread that ended would follow nothing any more, and nobody would hear of it.
        except Exception as error:  # noqa: BLE001
            self._fail(LoadFailed(f"following raised {type(error).__name__}: {error}"))
        else:
            self._succeed()
        finally:
            self.looked.set()
            self._lock.release()

    def following(self, ttl_s: float) -> Following:
        """Return how it is doing."""
        code = self.failures.last.code if self.failures.last else ""
        late = time() - self._checked > PERIODS * ttl_s
        return Following(
            self.alias, self._followed, _stamp(self._since), _stamp(self._checked), code, bool(code) or late
        )

    def _follow(self) -> None:
        pointer = self._ask()
        self.reached = True
        if pointer is not None:
            self._etag, self._wanted, self._again = pointer.etag, pointer.version, 0.0
        if self._wanted == self._followed:
            return
        if self.failures.last is not None and monotonic() < self._again:
            raise self.failures.last
        try:
            model = self._source.load(self.name, self._wanted)
        except ArtifactError:
            self._again = monotonic() + AGAIN_S
            raise
        self._change(model)

    def _ask(self) -> Pointer | None:
        try:
            return self._source.versions.alias_since(self.name, self.alias, self._etag)
        except UnknownAlias:
            # What is baked in is served until there is one; one that was there must not vanish.
            if self._etag is None:
                return None
            raise

    def _change(self, model: Model) -> None:
        before = self._serving.get(self.name)
        previous = before.version if before else ""
        self._serving[self.name] = model
        self._followed, self._since = model.version, time()
        self._source.forget(self.name, (model.version, previous))
        if previous != model.version:
            self._tell(News(CHANGED, self.name, self.alias, model.version, previous))

    def _fail(self, error: NeuralworksError) -> None:
        served = self._serving.get(self.name)
        news = News(KEPT, self.name, self.alias, served.version if served else "", wanted=self._wanted)
        self.failures.add(news, error)

    def _succeed(self) -> None:
        self._checked = time()
        self.failures.end(News(RECOVERED, self.name, self.alias, self._followed))


def _stamp(seconds: float) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds)) if seconds else ""
