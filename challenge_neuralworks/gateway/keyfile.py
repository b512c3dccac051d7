"""Changing the keys of a usage plans file, and leaving every other byte of it as it is."""

from __future__ import annotations

import re
import secrets
import string
from pathlib import Path
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.gateway.access import digest_of
from challenge_neuralworks.gateway.plans import NAME, parse_plans, read_plans

if TYPE_CHECKING:
    from challenge_neuralworks.gateway.plans import UsagePlans

ALPHABET = string.ascii_letters + string.digits
KEY_LENGTH = 40
"""62 ** 40 keys are more than 2 ** 238: nobody has them in a dictionary, so one round of SHA-256 hides a key well."""

HEADER = re.compile(rb"\s*\[.*")


class KeyFileError(NeuralworksError):
    """The file cannot be changed as asked; it was left as it is."""

    code = "usage-plans-not-changed"

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


def add_key(path: Path, name: str, plan: str) -> str:
    """Append a new key to a file and return it; the file gets its digest alone.

    Raises
    ------
    ConfigurationError : as `read_plans`.
    KeyFileError : the name is taken or cannot be one, or the file has no such plan.
    """
    plans = read_plans(str(path))
    if not NAME.fullmatch(name):
        raise KeyFileError(path, f"a key cannot be named {name!r}; use up to 64 letters, digits, - and _")
    if name in plans.keys:
        raise KeyFileError(path, f"there is a key {name!r} already; revoke it and give the new one another name")
    if plan not in plans.plans:
        raise KeyFileError(path, f"there is no plan {plan!r}; it has {', '.join(plans.plans) or 'none'}")
    key = "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))
    content = path.read_bytes()
    gap = b"" if content.endswith(b"\n") else b"\n"
    digest = digest_of(key).hex()
    entries = f'\n[keys.{name}]\nplan = "{plan}"\nsha256 = "{digest}"\nenabled = true\n'
    changed = content + gap + entries.encode()
    parse_plans(changed, str(path))
    _append(path, changed[len(content) :])
    return key


def revoke_key(path: Path, name: str) -> None:
    """Disable a key; it stays in the file, so that its name is not given again.

    Raises
    ------
    ConfigurationError : as `read_plans`.
    KeyFileError : there is no such key, or its table is written in a way that this cannot change.
    """
    plans = read_plans(str(path))
    if name not in plans.keys:
        raise KeyFileError(path, f"there is no key {name!r}; it has {', '.join(plans.keys) or 'none'}")
    if not plans.keys[name].enabled:
        return
    content = _disabled(path.read_bytes(), name)
    if not _is_same_but_for(plans, content, path, name):
        raise KeyFileError(path, f"write the key {name!r} as a table of its own, [keys.{name}], to have it revoked")
    path.write_bytes(content)


def _disabled(content: bytes, name: str) -> bytes:
    lines = content.splitlines(keepends=True)
    header = re.compile(rb"\s*\[\s*keys\s*\.\s*[\"']?" + re.escape(name.encode()) + rb"[\"']?\s*\]")
    start = next((number for number, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        return content
    for number in range(start + 1, len(lines)):
        if HEADER.match(lines[number]):
            break
        if re.match(rb"\s*enabled\s*=", lines[number]):
            lines[number] = lines[number].replace(b"true", b"false", 1)
            return b"".join(lines)
    ending = b"\r\n" if lines[start].endswith(b"\r\n") else b"\n"
    lines[start] = lines[start].rstrip(b"\r\n") + ending
    lines.insert(start + 1, b"enabled = false" + ending)
    return b"".join(lines)


def _is_same_but_for(plans: UsagePlans, content: bytes, path: Path, name: str) -> bool:
    # TOML can say one thing in many ways: what counts is what is read from it afterwards.
    expected = plans._replace(keys={**plans.keys, name: plans.keys[name]._replace(enabled=False)})
    return parse_plans(content, str(path)) == expected


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)
