"""What a stage serves at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.deploy.release.asking import Asking
from challenge_neuralworks.deploy.release.function import percent
from challenge_neuralworks.deploy.release.lock import NAME, read_lease
from challenge_neuralworks.deploy.release.refusing import ReleaseError
from challenge_neuralworks.deploy.release.shifting import PREVIOUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from challenge_neuralworks.deploy.release.function import Alias, Function


def read_status(function: Function) -> dict[str, Any]:
    """Return the status as a JSON object; changes nothing.

    ``live`` lists the versions that callers reach, each with its share of the calls, its digest and its models, or
    with ``error`` in place of the models where it does not answer.
    """
    live = function.live()
    previous = function.alias(PREVIOUS)
    return {
        "function": function.name,
        "live": [_version(function, number, share) for number, share in _shares(live)],
        "previous": previous and previous.version,
        "lock": _lock(function),
    }


def lines(status: dict[str, Any]) -> Iterator[str]:
    """Say a status, for people."""
    yield f"{status['function']}"
    for version in status["live"]:
        yield f"  live      version {version['version']}, {percent(version['share'])} of the calls"
        yield f"            code {version['digest']}, published {version['modified']}"
        for name, number in version.get("models", {}).items():
            yield f"            model {name} {number}"
        if "error" in version:
            yield f"            does not answer: {version['error']}"
    previous = status["previous"]
    yield f"  previous  version {previous}" if previous else "  previous  none"
    lock = status["lock"]
    yield f"  lock      {lock['state']}" + (f" by {lock['owner']} until {lock['until']}" if "owner" in lock else "")


def _shares(live: Alias) -> list[tuple[str, float]]:
    return [(live.version, 1 - sum(live.weights.values())), *live.weights.items()]


def _version(function: Function, number: str, share: float) -> dict[str, Any]:
    version = function.read(number)
    told = {"version": number, "share": share, "digest": version.digest, "modified": version.modified}
    try:
        return {**told, "models": Asking(function, number).versions()}
    except ReleaseError as error:
        return {**told, "error": str(error)}


def _lock(function: Function) -> dict[str, str]:
    lease = read_lease(function.alias(NAME))
    if lease is None:
        return {"state": "free"}
    state = "held" if lease.until > function.now() else "left, to be taken over by the next deploy: held"
    return {"state": state, "owner": lease.owner, "until": lease.until.isoformat(timespec="seconds")}
