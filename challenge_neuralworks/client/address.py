"""The root of an API, read strictly: a key is sent to it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from challenge_neuralworks.errors import NeuralworksError


class BadAddress(NeuralworksError):
    """A URL that cannot be an API's root."""

    code = "bad-address"


class Address(NamedTuple):
    """Where an API is.

    root : without a slash at its end; a stage such as ``/dev`` is part of it.
    """

    root: str
    host: str
    encrypted: bool

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there stays on this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_address(url: str) -> Address:
    """Return the address that a URL states.

    Raises
    ------
    BadAddress : it is no http or https URL of an API's root; says why.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"{url[:200]!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadAddress(f"{url[:200]!r} is no URL that starts with http:// or https:// and names a host")
    # What is not repeated in the message may be a password.
    if parts.username is not None:
        raise BadAddress("a URL with a user or a password in it is not used; the key goes into NEURALWORKS_API_KEY")
    if parts.query or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(f"{url[:200]!r} is no API's root: expected a URL such as https://host/stage")
    return Address(url.rstrip("/"), host, parts.scheme == "https")
