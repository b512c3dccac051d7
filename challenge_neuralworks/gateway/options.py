"""What the environment may set of the local gateway alone; the function's own settings are in `settings`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S = 29.0
"""API Gateway waits no longer for an answer, unless its quota was raised."""

LONGEST_MS = 900_000
"""How long a function may run at most."""

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
    service_ms : how long an environment is busy with a request at least.
    invocations_per_s : how many requests a second the function takes; 0 is no limit.
    new_per_10_s : by how many environments the function may grow in ten seconds; 0 is no limit.
    """

    usage_plans: str = ""
    stage: str = ""
    access_log: str = ""
    concurrency: int = 0
    cold_start_ms: int = 0
    timeout_s: float = TIMEOUT_S
    binary_types: tuple[str, ...] = BINARY_TYPES
    service_ms: float = 0.0
    invocations_per_s: int = 0
    new_per_10_s: int = 0

    @property
    def side_by_side(self) -> bool:
        """Whether requests run in environments of their own, not one after the other in the only one."""
        return any((self.concurrency, self.cold_start_ms, self.service_ms, self.invocations_per_s, self.new_per_10_s))


VARIABLES = {
    "usage_plans": "NEURALWORKS_USAGE_PLANS",
    "stage": "NEURALWORKS_STAGE",
    "access_log": "NEURALWORKS_ACCESS_LOG",
    "concurrency": "NEURALWORKS_CONCURRENCY",
    "cold_start_ms": "NEURALWORKS_COLD_START_MS",
    "timeout_s": "NEURALWORKS_TIMEOUT_S",
    "binary_types": "NEURALWORKS_BINARY_TYPES",
    "service_ms": "NEURALWORKS_SERVICE_MS",
    "invocations_per_s": "NEURALWORKS_INVOCATIONS_PER_S",
    "new_per_10_s": "NEURALWORKS_NEW_ENVIRONMENTS_PER_10_S",
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
        _milliseconds("service_ms", given["service_ms"]),
        _whole("invocations_per_s", given["invocations_per_s"], 1_000_000),
        _whole("new_per_10_s", given["new_per_10_s"], 1_000_000),
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


def _milliseconds(field: str, text: str) -> float:
    try:
        milliseconds = float(text or 0.0)
    except ValueError:
        milliseconds = -1.0
    if not 0.0 <= milliseconds <= LONGEST_MS:
        raise ConfigurationError(VARIABLES[field], text, f"milliseconds, from 0 to {LONGEST_MS:,}")
    return milliseconds


def _media_types(text: str) -> tuple[str, ...]:
    types = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    expected = "comma-separated media types, such as application/octet-stream"
    for media_type in types:
        _matching("binary_types", media_type, MEDIA_TYPE, expected)
    return types or BINARY_TYPES
