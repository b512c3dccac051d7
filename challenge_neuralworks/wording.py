"""How a value and its place are named in a message."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def show(value: Any) -> str:
    """Return a value as JSON would name it, short enough for a message."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "an array"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 128:
        return "an integer of more than 38 digits"
    text = f"'{value}'" if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:76] + "...'"


def escape(name: str) -> str:
    """Return a field name as one token of a JSON pointer in a URI fragment (RFC 6901, sections 3 and 6)."""
    token = name.replace("~", "~0").replace("/", "~1")
    if token.isascii() and token.replace("-", "").replace("_", "").replace("~", "").isalnum():
        return token
    from urllib.parse import quote  # Only odd names need it.

    return quote(token.encode("utf-8", "replace"), safe="~!$&'()*+,;=:@/?")
