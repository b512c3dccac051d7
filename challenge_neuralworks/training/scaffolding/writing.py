"""Python, TOML and YAML as a person would have written them: literals over several lines, short lines."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from challenge_neuralworks.signature import Field

WIDTH = 120
INDENT = "    "

# What a generated module imports may not be what its class is called.
TAKEN = frozenset({"Declaration", "Declared", "Field", "Model", "Recipe", "Rule", "Table"})


def class_name(name: str) -> str:
    """Return the name of a model's class: ``wine_quality`` is ``WineQuality``."""
    camel = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return f"{camel}Model" if camel in TAKEN or camel in ("None", "True", "False") else camel


def string(text: str) -> str:
    """Return text as a literal of Python, in double quotes as far as may be."""
    if '"' in text and "'" not in text:
        return repr(text)
    shown = json.dumps(text, ensure_ascii=False)
    # JSON escapes what Python does too, but not what cannot be printed.
    return shown if text.isprintable() else ascii(text)


def literal(value: object) -> str:
    """Return a string, number or None as a literal of Python."""
    return string(value) if isinstance(value, str) else repr(value)


def call(name: str, arguments: Iterable[str], indent: int = 0) -> str:
    """Return a call, or with ``name`` "" a tuple, on one line where it fits, else an argument a line."""
    listed = list(arguments)
    comma = "," if not name and len(listed) == 1 else ""
    short = f"{name}({', '.join(listed)}{comma})"
    if indent + len(short) + 1 <= WIDTH and "\n" not in short:
        return short
    inner = " " * indent + INDENT
    return f"{name}(\n" + "".join(f"{inner}{one},\n" for one in listed) + " " * indent + ")"


def strings(texts: Iterable[str], indent: int = 0) -> str:
    """Return a tuple of strings."""
    return call("", map(string, texts), indent)


def field(one: Field, indent: int) -> str:
    """Return a `Field`, what is left at its default left out."""
    arguments = [string(one.name), string(one.kind), string(one.description), literal(one.example)]
    if one.kind != "category":
        arguments += [string(one.unit), literal(one.minimum), literal(one.maximum)]
    if one.unknown == "accept":
        arguments.append('unknown="accept"')
    if one.missing == "accept":
        arguments.append('missing="accept"')
    return call("Field", arguments, indent)


def wrapped(text: str, width: int = WIDTH) -> str:
    """Return text in lines of at most so many characters."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def toml_string(text: str) -> str:
    """Return text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
