"""Moving ``live``, and putting it back: whatever ends the block early leaves callers where they were."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from challenge_neuralworks.deploy.release.function import Alias
from challenge_neuralworks.deploy.release.refusing import Refused, ReleaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from challenge_neuralworks.deploy.release.function import Function
    from challenge_neuralworks.deploy.release.lock import Lock
    from challenge_neuralworks.deploy.release.stopping import Stop

PREVIOUS = "previous"
ATTEMPTS = 5
PAUSE_S = 1.0


class Shift:
    """A change of ``live`` that is undone unless its block ends well.

    Parameters
    ----------
    before : ``live`` as it was seen when the lock was taken, and as it is put back.
    pause_s : between two tries to put it back.
    """

    def __init__(
        self,
        function: Function,
        before: Alias,
        lock: Lock,
        stop: Stop,
        say: Callable[[str], None],
        pause_s: float = PAUSE_S,
    ) -> None:
        self._function = function
        self._before = before
        self._lock = lock
        self._stop = stop
        self._say = say
        self._pause_s = pause_s
        self._now = before
        self._tried: list[tuple[str, dict[str, float]]] = []
        self._is_open = False
        self._previous: Alias | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop.hold()
            self._undo()

    def to(self, version: str, weights: Mapping[str, float] | None = None) -> None:
        """Have callers reach a version, and others by their weights.

        Raises
        ------
        LockLost, Refused : somebody else has moved it meanwhile; it stays where they put it.
        """
        # Whoever paused for longer than the lock holds learns here that it is somebody else's turn.
        self._lock.renew()
        wanted = self._now._replace(version=version, weights=dict(weights or {}))
        self._tried.append(wanted.target)
        self._is_open = True
        moved = self._function.move_alias(wanted)
        self._is_open = False
        if moved is None:
            raise Refused("live was moved meanwhile by something that holds no lock: look at `neuralworks status`")
        self._now = moved

    def keep_previous(self, version: str) -> None:
        """Note the version to go back to, before callers leave it: a deploy that dies then has lost nothing."""
        seen = self._function.alias(PREVIOUS)
        wanted = Alias(PREVIOUS, version, {}, "What neuralworks rollback goes back to", seen.revision if seen else "")
        if seen is not None and seen.target == wanted.target:
            return
        self._previous = seen
        kept = self._function.create_alias(wanted) if seen is None else self._function.move_alias(wanted)
        if kept is None:
            raise Refused(f"{PREVIOUS} was moved meanwhile by something that holds no lock: deploy again")

    def _undo(self) -> None:
        why = self._tried_again(self._put_back_live)
        if why and not self._is_seen_back(why):
            # Until live is back, previous says rightly where it should go.
            self._say(f"live could NOT be put back ({why}): run `neuralworks rollback --to {self._before.version}`")
        elif why := self._tried_again(self._put_back_previous):
            self._say(f"{PREVIOUS} could NOT be put back at {self._previous} ({why}); live is not concerned")

    def _tried_again(self, put_back: Callable[[], bool]) -> str:
        """Return why it could not be done, or "" where it was."""
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(self._pause_s)
            try:
                if put_back():
                    return ""
                why = "something that holds no lock keeps changing it"
            except ReleaseError as error:
                why = str(error)
        return why

    def _is_seen_back(self, why: str) -> bool:
        # The answer to the last try may be all that was lost.
        try:
            is_back = self._function.live().target == self._before.target
        except ReleaseError:
            return False
        if is_back:
            yet = f", but may be moved yet ({why}): look at `neuralworks status`" if self._is_open else ""
            self._say(f"live is back at {self._before}{yet}")
        return is_back

    def _put_back_previous(self) -> bool:
        if self._previous is None:
            return True
        seen = self._function.alias(PREVIOUS)
        if seen is None or seen.target == self._previous.target:
            return True
        return self._function.move_alias(self._previous._replace(revision=seen.revision)) is not None

    def _put_back_live(self) -> bool:
        if not self._tried:
            return True
        # Asked anew: a call may have done its work although its answer never came.
        now = self._function.live()
        is_back = now.target == self._before.target
        if is_back and not self._is_open:
            return True
        if not is_back and now.target not in self._tried:
            self._say(f"live is {now}, which this deploy did not make: it is left there")
            return True
        # Written although it is back: a call that is still on its way names a revision that is then gone.
        done = self._function.move_alias(self._before._replace(revision=now.revision)) is not None
        if done:
            self._is_open = False
            self._say(f"live is {'still' if is_back else 'back'} at {self._before}")
        return done
