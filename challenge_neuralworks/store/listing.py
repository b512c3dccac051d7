"""Which models have the alias that is followed: listed rarely, for a listing costs as much as a dozen looks."""

from __future__ import annotations

from threading import Event

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.store.folder import LoadFailed
from challenge_neuralworks.store.news import KEPT, RECOVERED, Failures, News

if TYPE_CHECKING:
    from challenge_neuralworks.store.news import Tell
    from challenge_neuralworks.store.versions import Versions

EVERY = 10
"""Periods from one listing to the next; the next period lists where somebody asked for a model that is not there."""


class Listing:
    """The names of the models that have an alias.

    Attributes
    ----------
    names : as of the last listing.
    looked : set after the first, whatever came of it.
    reached : whether one ever succeeded.
    failures : what the last ones failed of.
    wanted : to be set where the next period should list.
    """

    def __init__(self, versions: Versions, alias: str, tell: Tell) -> None:
        self.names: tuple[str, ...] = ()
        self.looked = Event()
        self.reached = False
        self.failures = Failures(tell)
        self.wanted = False
        self._versions = versions
        self._alias = alias
        self._periods = 0

    def look(self) -> None:
        """List, where it is time to."""
        due = self._periods % EVERY == 0 or self.wanted or not self.reached
        self._periods += 1
        if due:
            self.wanted = False
            self._list()
            self.looked.set()

    def _list(self) -> None:
        try:
            self._versions.objects.check()
            self.names = self._versions.aliased(self._alias)
        except NeuralworksError as error:
            self._fail(error)
        # As in following: a thread that ended would follow nothing any more.
        except Exception as error:  # noqa: BLE001
            self._fail(LoadFailed(f"listing raised {type(error).__name__}: {error}"))
        else:
            self.reached = True
            self.failures.end(News(RECOVERED, "", self._alias, ""))

    def _fail(self, error: NeuralworksError) -> None:
        self.failures.add(News(KEPT, "", self._alias, ""), error)
