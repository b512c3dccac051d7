"""From code to a version that is ready to be asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from challenge_neuralworks.deploy.release.function import LATEST
from challenge_neuralworks.deploy.release.refusing import AwsError, Refused, ReleaseError, SmokeFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from challenge_neuralworks.deploy.release.calling import Pace
    from challenge_neuralworks.deploy.release.code import Code
    from challenge_neuralworks.deploy.release.function import Function, Version


def publish(function: Function, code: Code, description: str, pace: Pace, rest: Callable[[], None]) -> Version:
    """Return the version that holds the code with the function's settings as they are now, once it is ready.

    Where the newest version is such a one already, AWS publishes no other.

    Parameters
    ----------
    rest : waits between two looks, and keeps the lock.

    Raises
    ------
    ReleaseError : AWS cannot make it ready, or not in time.
    """
    latest = ready(function, LATEST, pace, rest)
    if latest.digest != code.digest or latest.update == "Failed":
        taken = function.update_code(code, latest.revision)
        latest = ready(function, LATEST, pace, rest)
        # The client tries again where an answer was lost: what is in the way then may be this very change.
        if not taken and latest.digest != code.digest:
            raise Refused(f"{function.name} was changed meanwhile, by Terraform or by hand: deploy again")
        if latest.update == "Failed":
            raise ReleaseError(f"{function.name} cannot take the code: {latest.reason}")
    if latest.digest != code.digest:
        raise ReleaseError(f"{function.name} was given {code.digest}, but has {latest.digest}: deploy again")
    return ready(function, function.publish(latest, description), pace, rest)


def ready(function: Function, qualifier: str, pace: Pace, rest: Callable[[], None]) -> Version:
    """Return a version once it is active and no update is under way.

    Raises
    ------
    ReleaseError : it has failed, or is not ready in time.
    """
    deadline = pace.deadline()
    while True:
        version = function.read(qualifier)
        if version.state == "Failed":
            raise ReleaseError(f"{function.name}:{qualifier} has failed: {version.reason}")
        # Only what is invoked can be asleep; code of a sleeping $LATEST may be changed.
        asleep = version.state == "Inactive" and qualifier != LATEST
        if version.state != "Pending" and version.update != "InProgress" and not asleep:
            return version
        if time.monotonic() > deadline:
            raise ReleaseError(f"{function.name}:{qualifier} is not ready after {pace.timeout_s:g} s; see --timeout")
        if asleep:
            _wake(function, qualifier)
        rest()


def _wake(function: Function, qualifier: str) -> None:
    # Of what nobody called for weeks AWS gives up the resources, and makes new ones at the next call, which fails.
    try:
        function.invoke(qualifier, {})
    except (AwsError, SmokeFailed):
        return
