"""One deploy at a time: a lease, written into the description of the function's alias ``deploying``.

Making an alias is atomic (the second gets ResourceConflictException), and so is changing one as it was last seen
(PreconditionFailedException): all that a lock needs, without a table of its own. It is freed by such a change too, not
by deleting the alias: DeleteAlias takes no revision, and could delete the lease of whoever took over in between.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.deploy.release.function import LATEST, Alias
from challenge_neuralworks.deploy.release.refusing import AwsError, Refused, ReleaseError

if TYPE_CHECKING:
    from challenge_neuralworks.deploy.release.function import Function

NAME = "deploying"
FREE = "free"
LEASE = re.compile(r"held by (?P<owner>.{1,100}), id (?P<id>[0-9a-f]{16}), until (?P<until>\S+)")
ATTEMPTS = 5


class Lease(NamedTuple):
    """Who holds the lock, and until when."""

    owner: str
    id: str
    until: datetime

    def __str__(self) -> str:
        return f"held by {self.owner}, id {self.id}, until {self.until.isoformat(timespec='milliseconds')}"


class LockLost(ReleaseError):
    """The lock's time ran out, and somebody else has taken it."""

    code = "lock-lost"


def read_lease(alias: Alias | None) -> Lease | None:
    """Return the lease that an alias states; None where the lock is free.

    Raises
    ------
    Refused : it states something that no deploy wrote.
    """
    if alias is None or alias.description == FREE:
        return None
    found = LEASE.fullmatch(alias.description)
    if found is None:
        raise Refused(f"the alias {NAME} says {alias.description!r}, which is no lock: delete it if nobody deploys")
    return Lease(found["owner"], found["id"], datetime.fromisoformat(found["until"]))


class Lock:
    """The lock of one function, as one deploy sees it.

    Parameters
    ----------
    owner : who holds it, for others to read.
    lease_s : how long it holds unless it is renewed.

    Attributes
    ----------
    until : when it runs out, by AWS's clock.
    """

    def __init__(self, function: Function, owner: str, lease_s: float) -> None:
        self._function = function
        self._owner = re.sub(r"[^\w@.:/ -]", "?", owner)[:100].strip() or "somebody"
        self._id = secrets.token_hex(8)
        self._lease_s = lease_s
        self._held: Alias | None = None
        self.until = function.now()

    def take(self) -> str:
        """Take the lock, and return a line on how, "" where it was simply free.

        Raises
        ------
        Refused : somebody has it; says who, and until when.
        """
        seen = self._function.alias(NAME)
        lease = read_lease(seen)
        if lease is not None and lease.until > self._function.now():
            raise self._refused(lease)
        wanted = self._wanted(seen)
        self._held = self._function.create_alias(wanted) if seen is None else self._function.move_alias(wanted)
        if self._held is None:
            self._held = self._taken_by()
        return f"took over the lock {lease}, which has run out" if lease else ""

    def renew(self) -> None:
        """Hold the lock for a whole lease from now.

        Raises
        ------
        LockLost : somebody else holds it.
        """
        assert self._held is not None, "a lock is renewed by whoever took it"  # noqa: S101 - a defect, not an input
        moved = self._function.move_alias(self._wanted(self._held))
        if moved is None:
            holder = self._function.alias(NAME)
            raise LockLost(f"the lock was lost: it is now {holder.description if holder else 'deleted'}")
        self._held = moved

    def beat(self) -> None:
        """Renew the lock once half of its time is over."""
        if (self.until - self._function.now()).total_seconds() < self._lease_s / 2:
            self.renew()

    def free(self) -> None:
        """Free the lock if it is ours, however that came to be; what AWS refuses is tried again.

        Raises
        ------
        AwsError : the last try was refused; the lock then runs out by itself.
        """
        for attempt in range(ATTEMPTS):
            try:
                seen = self._function.alias(NAME)
                if seen is None or self._id not in seen.description:
                    return
                if self._function.move_alias(seen._replace(description=FREE)) is not None:
                    return
            except AwsError:
                if attempt == ATTEMPTS - 1:
                    raise

    def _wanted(self, seen: Alias | None) -> Alias:
        self.until = self._function.now() + timedelta(seconds=self._lease_s)
        lease = Lease(self._owner, self._id, self.until)
        base = seen or Alias(NAME, LATEST, {})
        return base._replace(description=str(lease))

    def _taken_by(self) -> Alias:
        # Lost a race; or won it, and only the answer was lost.
        seen = self._function.alias(NAME)
        lease = read_lease(seen)
        if seen is not None and lease is not None and lease.id == self._id:
            return seen
        raise self._refused(lease)

    def _refused(self, lease: Lease | None) -> Refused:
        held = str(lease) if lease else "free again this moment: try again"
        return Refused(f"another deploy is going on: the lock of {self._function.name} is {held}")
