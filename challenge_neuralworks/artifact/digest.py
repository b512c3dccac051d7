"""SHA-256, without the cost of `hashlib`, which loads OpenSSL (2 ms of a cold start)."""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]  # CPython 3.12 and later.
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, no-redef, unused-ignore]  # CPython 3.11.
    except ImportError:
        from hashlib import sha256  # Any other Python.


def digest(content: bytes) -> str:
    """Return the SHA-256 of content in hexadecimal."""
    return str(sha256(content).hexdigest())
