"""How a Content-Security-Policy names a style or a script that stands in the page itself."""

from __future__ import annotations


def source_of(text: str) -> str:
    """Return the source expression of an element's text, to the byte.

    Source: W3C, "Content Security Policy Level 3", hash-source.
    """
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
