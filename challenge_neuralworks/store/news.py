"""What there is to tell of following an alias, and how it is doing."""

from __future__ import annotations

from time import monotonic

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.errors import NeuralworksError

    Tell = Callable[["News"], None]

CHANGED = "model-changed"
KEPT = "model-kept"
RECOVERED = "store-recovered"

REMIND_S = 300.0
"""How often the same failure is told again."""


class News(NamedTuple):
    """A change, a failure, or the end of failures.

    message : `CHANGED`, `KEPT` or `RECOVERED`.
    model, alias : what is followed; of a failed listing no model.
    version : what is served from now on, "" where nothing is.
    previous : of a change, what was served before; "" where nothing was.
    wanted : of a failure, the version that the alias names, "" where that is not known.
    failures : how often it has failed without a success in between.
    error, evidence : a failure's code, and what it says.
    repeated : the same failure was told already, and not long ago.
    """

    message: str
    model: str
    alias: str
    version: str
    previous: str = ""
    wanted: str = ""
    failures: int = 0
    error: str = ""
    evidence: str = ""
    repeated: bool = False


class Failures:
    """What keeps failing, told once and then now and again.

    Attributes
    ----------
    last : what failed last; None where all has been well since.
    """

    def __init__(self, tell: Tell) -> None:
        self.last: NeuralworksError | None = None
        self._tell = tell
        self._count = 0
        self._told = 0.0

    def add(self, news: News, error: NeuralworksError) -> None:
        """Tell a failure."""
        now = monotonic()
        repeated = self.last is not None and self.last.code == error.code and now - self._told < REMIND_S
        if not repeated:
            self._told = now
        self.last = error
        self._count += 1
        self._tell(news._replace(failures=self._count, error=error.code, evidence=str(error), repeated=repeated))

    def end(self, news: News) -> None:
        """Tell that all is well again, where it was not."""
        if self.last is not None:
            count, self.last, self._count = self._count, None, 0
            self._tell(news._replace(failures=count))


class Following(NamedTuple):
    """How following an alias is doing.

    version : what is served because the alias names it; "" where what is served is baked in, or nothing is.
    since : when that version began to be served here, UTC, ISO 8601; "" where there is none.
    checked : when the alias was last read and all was well, UTC, ISO 8601; "" before the first time.
    error : code of the last failure, where nothing has been well since; else "".
    stale : the alias may name another version by now: it could not be followed, or has not been asked for two periods.
    """

    alias: str
    version: str
    since: str
    checked: str
    error: str
    stale: bool

    def to_json(self) -> dict[str, str | bool | None]:
        """Return it as JSON values: what /health tells, which needs no key."""
        return {
            "alias": self.alias,
            "version": self.version or None,
            "since": self.since or None,
            "checked": self.checked or None,
            "code": self.error or None,
            "stale": self.stale,
        }
