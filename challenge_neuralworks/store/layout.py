"""How a store is laid out: which object of a version, or of an alias, has which key.

``<name>/<version>/{manifest.json, <pickle>, seal.json, evaluation.json}``, the last two where there are any;
``<name>/aliases/<alias>.json``.
"""

from __future__ import annotations

from challenge_neuralworks.store.errors import UnknownAlias
from challenge_neuralworks.store.folder import LONGEST_NAME, is_name

PRODUCTION = "production"
CANDIDATE = "candidate"

ALIASES = "aliases"
"""Folder of a model's aliases; no version is called so."""

SEAL = "seal.json"
EVALUATION = "evaluation.json"


def is_version(version: str) -> bool:
    """Return whether a version may be called so: letters, digits, dots, hyphens; safe as a folder and in a URL."""
    plain = version.isascii() and version[:1].isalnum() and version.replace("-", "").replace(".", "").isalnum()
    return plain and len(version) <= LONGEST_NAME and version != ALIASES


def version_key(name: str, version: str, file: str) -> str:
    """Return the key of one file of a version."""
    return f"{name}/{version}/{file}"


def alias_key(name: str, alias: str) -> str:
    """Return the key of an alias's document.

    Raises
    ------
    UnknownAlias : no model, or no alias, may be called so.
    """
    if not (is_name(name) and is_name(alias)):
        raise UnknownAlias(name, alias)
    return f"{name}/{ALIASES}/{alias}.json"
