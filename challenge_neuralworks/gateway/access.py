"""Who may call what: the routes open to all, and API keys, kept as digests."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN_PATHS = frozenset({"/", "/docs", "/openapi.json", "/health", "/ping"})
OPEN_METHODS = frozenset({"GET", "HEAD"})


def needs_key(method: str, path: str) -> bool:
    """Return whether a request must carry a key; a route nobody thought of must."""
    if method in OPEN_METHODS:
        return path not in OPEN_PATHS and "/" + path.strip("/") not in OPEN_PATHS
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
        digest = _digest(key)
        return cls(sha256(digest).hexdigest()[:10], digest)


class KeyRing:
    """Every key that is accepted.

    Parameters
    ----------
    keys : in plain text; none of it is kept.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = tuple(ApiKey.of(key) for key in keys)

    def find(self, given: str | None) -> ApiKey | None:
        """Return the key that a caller sent, or None where it is absent or unknown."""
        if not given:
            return None
        digest = _digest(given)
        found = None
        # Digests are equally long and every key is compared: the time taken tells neither length nor position.
        for key in self._keys:
            if hmac.compare_digest(digest, key.digest):
                found = key
        return found


def _digest(key: str) -> bytes:
    # A header may hold what is no valid UTF-8; it is then merely a wrong key.
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
