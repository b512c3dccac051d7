"""The models that aliases of a store name, followed off the request path; the last good one is kept, come what may."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic

from challenge_neuralworks.errors import ModelUnavailable, UnknownModel
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.errors import StoreUnavailable
from challenge_neuralworks.store.folder import FolderStore, is_name
from challenge_neuralworks.store.followed import Followed
from challenge_neuralworks.store.listing import Listing

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store.news import Following, Tell
    from challenge_neuralworks.store.source import Source

FIRST_S = 3.0
"""Longest that the first use of a model waits for the store; then what is baked in answers."""


class FollowingStore(FolderStore):
    """The versions that an alias of a store names; models that have none are served from the folder beside the code.

    So is a model whose alias cannot be read, or names a version that fails a check, until this process has served a
    better one. `get` is `FolderStore`'s own: a request pays nothing for what goes on beside it.

    Parameters
    ----------
    source : the store, and the folder.
    alias : the one whose versions `get` returns.
    ttl_s : how often it is asked.
    tell : takes changes and failures.
    candidate : the alias whose versions `candidate` returns; "" follows none.
    """

    def __init__(self, source: Source, alias: str, ttl_s: float, tell: Tell, candidate: str = "") -> None:
        super().__init__(source.baked.models_dir)
        self._source = source
        self._alias, self._candidate = alias, candidate
        self._ttl_s = ttl_s
        self._tell = tell
        self._candidates: dict[str, Model] = {}
        self._followed: dict[tuple[str, str], Followed] = {}
        self._listing = Listing(source.versions, alias, tell)
        self._thread: Thread | None = None
        self._began = 0.0
        self._stop = Event()

    def names(self) -> tuple[str, ...]:
        """Return the name of every model that is baked in, or has the alias in the store, sorted."""
        self._start()
        self._listing.looked.wait(self._patience(self._began))
        return tuple(sorted({*self._source.baked.names(), *self._listing.names}))

    def candidate(self, name: str) -> Model | None:
        """Return the model that the candidate's alias names, or None where there is none; never waits for it."""
        model = self._candidates.get(name)
        if model is None and self._candidate and name in self._loaded:
            self._follow(name, self._candidate, self._candidates)
        return model

    def following(self, name: str) -> Following | None:
        """Return how following a model's alias is doing, or None where nobody has asked for it."""
        followed = self._followed.get((name, self._alias))
        return followed.following(self._ttl_s) if followed else None

    def close(self) -> None:
        """Follow no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _load(self, name: str) -> Model:
        # The slow path of `get`: what is not served yet.
        if name not in self._source.baked.names() and name not in self.names():
            self._listing.wanted = True
            if self._listing.failures.last is not None and is_name(name):
                raise ModelUnavailable(name, self._listing.failures.last)
            raise UnknownModel(name, self.names())
        self._start()
        followed = self._follow(name, self._alias, self._loaded)
        followed.looked.wait(self._patience(followed.begun))
        return self._loaded.get(name) or self._fall_back(name, followed)

    def _fall_back(self, name: str, followed: Followed) -> Model:
        try:
            baked = self._source.baked.get(name)
        except UnknownModel as error:
            cause = followed.failures.last or StoreUnavailable(self._source.versions.objects.place, "no answer yet")
            raise ModelUnavailable(name, cause) from error
        # Another thread may just have served what the alias names: that stays.
        return self._loaded.setdefault(name, baked)

    def _patience(self, begun: float) -> float:
        # All first uses together wait but once for a store that has never answered.
        reached = self._listing.reached or any(one.reached for one in tuple(self._followed.values()))
        return max(0.0, (begun if reached else self._began) + FIRST_S - monotonic())

    def _follow(self, name: str, alias: str, serving: dict[str, Model]) -> Followed:
        with self._lock:
            followed = self._followed.get((name, alias))
            if followed is None:
                followed = self._followed[name, alias] = Followed(self._source, name, alias, serving, self._tell)
                Thread(target=followed.look, name=f"first look at {name}", daemon=True).start()
        return followed

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._began = monotonic()
                self._thread = Thread(target=self._go_round, name="following", daemon=True)
                self._thread.start()

    def _go_round(self) -> None:
        due = monotonic()
        while True:
            self._listing.look()
            for followed in tuple(self._followed.values()):
                followed.look()
            # As often as asked, however long a round takes; but where it takes longer than that, with a pause.
            due = max(due + self._ttl_s, monotonic() + self._ttl_s / 2)
            if self._stop.wait(due - monotonic()):
                return
