"""What the environment may set of the local gateway alone; the function's own settings are in `settings`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S = 29.0
"""API Gateway waits no longer for an answer, unless its quota was raised."""

BINARY_TYPES = ("image/*", "audio/*", "video/*", "font/*", "application/octet-stream", "application/zip")

STAGE = re.compile(r"[A-Za-z0-9_-]{1,128}")
MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/(\*|[a-z0-9!#$&^_.+-]+)|\*/\*")


class Options(NamedTuple):
    """Every option, with the default that holds where the environment is silent.

    usage_plans : path of the TOML file of keys and plans; "" is none.
    stage : name of the stage in front of every path, e.g. ``dev``; "" is none, as with a custom domain.
    access_log : file that gets a line a request; ``-`` is standard output, "" none.
    concurrency : most environments that run at a time; 0 is one that all requests queue for.
    cold_start_ms : how long a new environment takes before it answers.
    timeout_s : how long the gateway waits for an answer before it sends 504.
    binary_types : media types whose bodies reach the function as base64, ``*`` for any subtype.
    """

    usage_plans: str = ""
    stage: str = ""
    access_log: str = ""
    concurrency: int = 0
    cold_start_ms: int = 0
    timeout_s: float = TIMEOUT_S
    binary_types: tuple[str, ...] = BINARY_TYPES


VARIABLES = {
    "usage_plans": "NEURALWORKS_USAGE_PLANS",
    "stage": "NEURALWORKS_STAGE",
    "access_log": "NEURALWORKS_ACCESS_LOG",
    "concurrency": "NEURALWORKS_CONCURRENCY",
    "cold_start_ms": "NEURALWORKS_COLD_START_MS",
    "timeout_s": "NEURALWORKS_TIMEOUT_S",
    "binary_types": "NEURALWORKS_BINARY_TYPES",
}
"""Field of `Options` -> environment variable; docs/local-gateway.md must name each."""


def read_options(environ: Mapping[str, str]) -> Options:
    """Return the options that an environment states.

    Raises
    ------
    ConfigurationError : a variable holds a value that cannot be used; names both.
    """
    given = {field: environ.get(variable, "").strip() for field, variable in VARIABLES.items()}
    return Options(
        given["usage_plans"],
        _matching("stage", given["stage"], STAGE, "letters, digits, - and _, as API Gateway's stages"),
        given["access_log"],
        _whole("concurrency", given["concurrency"], 1_000),
        _whole("cold_start_ms", given["cold_start_ms"], 60_000),
        _seconds("timeout_s", given["timeout_s"]),
        _media_types(given["binary_types"]),
    )


def _matching(field: str, text: str, pattern: re.Pattern[str], expected: str) -> str:
    if text and not pattern.fullmatch(text):
        raise ConfigurationError(VARIABLES[field], text, expected)
    return text


def _whole(field: str, text: str, most: int) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= most):
        raise ConfigurationError(VARIABLES[field], text, f"a whole number from 0 to {most:,}")
    return int(text)


def _seconds(field: str, text: str) -> float:
    try:
        seconds = float(text or TIMEOUT_S)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= 300.0:
        raise ConfigurationError(VARIABLES[field], text, "seconds, over 0 and up to 300")
    return seconds


def _media_types(text: str) -> tuple[str, ...]:
    types = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    expected = "comma-separated media types, such as application/octet-stream"
    for media_type in types:
        _matching("binary_types", media_type, MEDIA_TYPE, expected)
    return types or BINARY_TYPES
