"""Who may call what: the routes open to all, and API keys, kept as digests."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from challenge_neuralworks.gateway.plans import PlanKey

PROBES = frozenset({"/health", "/ping"})
OPEN_PATHS = PROBES | {"/", "/docs", "/openapi.json"}
OPEN_METHODS = frozenset({"GET", "HEAD"})


def needs_key(method: str, path: str, *, locked: bool = False) -> bool:
    """Return whether a request must carry a key; a route nobody thought of must.

    Parameters
    ----------
    locked : whether the pages for people must, too.
    """
    if method in OPEN_METHODS:
        paths = PROBES if locked else OPEN_PATHS
        return path not in paths and "/" + path.strip("/") not in paths
    # A browser asks before it may send the key, so its question carries none.
    return method != "OPTIONS"


class ApiKey(NamedTuple):
    """A key that is accepted, without the key itself.

    id : stable, ten lower-case characters as AWS's are; says nothing about the key.
    digest : SHA-256 of the key.
    """

    id: str
    digest: bytes

    @classmethod
    def of(cls, key: str) -> ApiKey:
        """Return what is kept of a key."""
        return cls.of_digest(digest_of(key))

    @classmethod
    def of_digest(cls, digest: bytes) -> ApiKey:
        """Return the same of a key whose digest alone is known."""
        return cls(sha256(digest).hexdigest()[:10], digest)


class KeyRing:
    """Every key that is accepted.

    Parameters
    ----------
    keys : in plain text; none of it is kept.
    planned : keys of a usage plan. One that is disabled is refused, even where `keys` holds it, too.
    """

    def __init__(self, keys: Iterable[str], planned: Iterable[PlanKey] = ()) -> None:
        enabled = {key.digest: key.enabled for key in planned}
        digests = {**dict.fromkeys(map(digest_of, keys), True), **enabled}
        self._keys = tuple(ApiKey.of_digest(digest) for digest in digests if digests[digest])

    def find(self, given: str | None) -> ApiKey | None:
        """Return the key that a caller sent, or None where it is absent or unknown."""
        if not given:
            return None
        # As `digest_of`, without the call.
        digest = sha256(given.encode("utf-8", "surrogatepass")).digest()
        found = None
        # Digests are equally long and every key is compared: the time taken tells neither length nor position.
        for key in self._keys:
            if hmac.compare_digest(digest, key.digest):
                found = key
        return found


def digest_of(key: str) -> bytes:
    """Return the SHA-256 of a key."""
    # A header may hold what is no valid UTF-8; it is then merely a wrong key.
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
