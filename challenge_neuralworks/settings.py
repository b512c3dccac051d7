"""What the environment may set: read once, checked, and passed on frozen."""

from __future__ import annotations

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "OFF")
ON = ("1", "on", "true", "yes")
OFF = ("0", "off", "false", "no")
PAGES = ("open", "locked", "hidden")


class Settings(NamedTuple):
    """Every setting, with the default that holds where the environment is silent.

    models_dir : folder of artifacts, one sub-folder a model.
    api_keys : keys that the local gateway accepts (API Gateway checks them on AWS).
    metrics : write one CloudWatch embedded-metric line a request.
    log_level : least severe line written; request lines are INFO.
    port : TCP port of the local gateway and of the container's HTTP server.
    preload : load every model when the process starts, not at its first request.
    trusted_digests : SHA-256 digests of pickles that may hold code (dill functions).
    pages : ``open`` to all, ``locked`` behind a key, or ``hidden`` (404): `/`, `/docs` and `/openapi.json`.
    docs_assets : where the browser finds the files of Swagger UI, e.g. ``docs/assets``; "" is the public CDN.
    """

    models_dir: str = "models"
    api_keys: tuple[str, ...] = ()
    metrics: bool = True
    log_level: str = "INFO"
    port: int = 8000
    preload: bool = False
    trusted_digests: tuple[str, ...] = ()
    pages: str = "open"
    docs_assets: str = ""


VARIABLES = {
    "models_dir": "NEURALWORKS_MODELS_DIR",
    "api_keys": "NEURALWORKS_API_KEYS",
    "metrics": "NEURALWORKS_METRICS",
    "log_level": "NEURALWORKS_LOG_LEVEL",
    "port": "PORT",
    "preload": "NEURALWORKS_PRELOAD",
    "trusted_digests": "NEURALWORKS_TRUSTED_DIGESTS",
    "pages": "NEURALWORKS_PAGES",
    "docs_assets": "NEURALWORKS_DOCS_ASSETS",
}
"""Field of `Settings` -> environment variable; docs/operations.md must name each."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that an environment states.

    Raises
    ------
    ConfigurationError : a variable holds a value that cannot be used; names both.
    """
    given = {field: environ[variable] for field, variable in VARIABLES.items() if environ.get(variable, "").strip()}
    settings = Settings()
    if "models_dir" in given:
        settings = settings._replace(models_dir=given["models_dir"])
    if "docs_assets" in given:
        settings = settings._replace(docs_assets=given["docs_assets"])
    if "api_keys" in given:
        settings = settings._replace(api_keys=_keys(given["api_keys"]))
    if "trusted_digests" in given:
        settings = settings._replace(trusted_digests=_digests(given["trusted_digests"]))
    return settings._replace(
        metrics=_switch("metrics", given, default=settings.metrics),
        preload=_switch("preload", given, default=settings.preload),
        log_level=_one_of("log_level", given.get("log_level", settings.log_level).strip().upper(), LOG_LEVELS),
        pages=_one_of("pages", given.get("pages", settings.pages).strip().lower(), PAGES),
        port=_port(given.get("port", str(settings.port))),
    )


def _items(text: str) -> tuple[str, ...]:
    return tuple(item for item in (part.strip() for part in text.split(",")) if item)


def _keys(text: str) -> tuple[str, ...]:
    keys = _items(text)
    # The value itself is a secret: the message must not repeat it.
    if any(not key.isascii() or not key.isprintable() or " " in key for key in keys):
        raise ConfigurationError(VARIABLES["api_keys"], "...", "comma-separated printable ASCII, no spaces")
    return keys


def _digests(text: str) -> tuple[str, ...]:
    digests = tuple(item.lower() for item in _items(text))
    for digest in digests:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise ConfigurationError(VARIABLES["trusted_digests"], digest, "comma-separated SHA-256 in hexadecimal")
    return digests


def _switch(field: str, given: Mapping[str, str], *, default: bool) -> bool:
    text = given.get(field, "").strip().lower()
    if not text:
        return default
    if text not in ON + OFF:
        raise ConfigurationError(VARIABLES[field], given[field], "on or off")
    return text in ON


def _one_of(field: str, word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ConfigurationError(VARIABLES[field], word, "one of " + ", ".join(words))
    return word


def _port(text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) < 65536):
        raise ConfigurationError(VARIABLES["port"], text, "a TCP port, 1 to 65535")
    return int(digits)
