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
UNSIGNED = ("accept", "warn", "refuse")
NAMESPACE = "challenge_neuralworks"
"""CloudWatch namespace of the metrics where none is set."""


P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""How a public key of P-256 begins in DER; 64 bytes follow."""
LEAST_S, MOST_S = 0.1, 86_400


class Settings(NamedTuple):
    """Every setting, with the default that holds where the environment is silent.

    models_dir : folder of artifacts, one sub-folder a model.
    api_keys : keys that the local gateway accepts (API Gateway checks them on AWS).
    metrics : write one CloudWatch embedded-metric line a request.
    metrics_namespace : CloudWatch namespace of these; one a stage, or one stage's figures are taken for another's.
    log_level : least severe line written; request lines are INFO.
    port : TCP port of the local gateway and of the container's HTTP server.
    preload : load every model when the process starts, not at its first request.
    trusted_digests : SHA-256 digests of pickles that may hold code (dill functions).
    pages : ``open`` to all, ``locked`` behind a key, or ``hidden`` (404): `/`, `/docs` and `/openapi.json`.
    docs_assets : where the browser finds the files of Swagger UI, e.g. ``docs/assets``; "" is the public CDN.
    public_keys : DER of each key that may have sealed an artifact; none means that seals are not looked at.
    unsigned : what becomes of an artifact without seal: ``accept``, ``warn`` or ``refuse``.
    receipt_key : seed, 32 bytes, of the Ed25519 key that signs receipts; empty means that there are none.
    store : where versions and aliases of models are, ``s3://bucket/prefix`` or a folder; "" is off.
    store_alias : the alias that says which version of a model is served.
    store_ttl_s : how often the alias is asked, seconds.
    shadow_share : share of the requests whose rows the store's candidate scores as well; 0 is off.
    """

    models_dir: str = "models"
    api_keys: tuple[str, ...] = ()
    metrics: bool = True
    metrics_namespace: str = NAMESPACE
    log_level: str = "INFO"
    port: int = 8000
    preload: bool = False
    trusted_digests: tuple[str, ...] = ()
    pages: str = "open"
    docs_assets: str = ""
    public_keys: tuple[bytes, ...] = ()
    unsigned: str = "accept"
    receipt_key: bytes = b""
    store: str = ""
    store_alias: str = "production"
    store_ttl_s: float = 30.0
    shadow_share: float = 0.0


VARIABLES = {
    "models_dir": "NEURALWORKS_MODELS_DIR",
    "api_keys": "NEURALWORKS_API_KEYS",
    "metrics": "NEURALWORKS_METRICS",
    "metrics_namespace": "NEURALWORKS_METRICS_NAMESPACE",
    "log_level": "NEURALWORKS_LOG_LEVEL",
    "port": "PORT",
    "preload": "NEURALWORKS_PRELOAD",
    "trusted_digests": "NEURALWORKS_TRUSTED_DIGESTS",
    "pages": "NEURALWORKS_PAGES",
    "docs_assets": "NEURALWORKS_DOCS_ASSETS",
    "public_keys": "NEURALWORKS_PUBLIC_KEYS",
    "unsigned": "NEURALWORKS_UNSIGNED",
    "receipt_key": "NEURALWORKS_RECEIPT_KEY",
    "store": "NEURALWORKS_STORE",
    "store_alias": "NEURALWORKS_STORE_ALIAS",
    "store_ttl_s": "NEURALWORKS_STORE_TTL_S",
    "shadow_share": "NEURALWORKS_SHADOW",
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
    if "store" in given:
        settings = settings._replace(store=given["store"].strip())
    if "api_keys" in given:
        settings = settings._replace(api_keys=_keys(given["api_keys"]))
    if "trusted_digests" in given:
        settings = settings._replace(trusted_digests=_digests(given["trusted_digests"]))
    return _with_keys(settings, given)._replace(
        metrics=_switch("metrics", given, default=settings.metrics),
        metrics_namespace=read_namespace(given.get("metrics_namespace", NAMESPACE)),
        preload=_switch("preload", given, default=settings.preload),
        log_level=_one_of("log_level", given.get("log_level", settings.log_level).strip().upper(), LOG_LEVELS),
        pages=_one_of("pages", given.get("pages", settings.pages).strip().lower(), PAGES),
        port=_port(given.get("port", str(settings.port))),
        store_alias=_alias(given.get("store_alias", settings.store_alias).strip()),
        store_ttl_s=_seconds("store_ttl_s", given.get("store_ttl_s", str(settings.store_ttl_s)).strip()),
        shadow_share=_shadow(given["shadow_share"].strip(), settings.store) if "shadow_share" in given else 0.0,
    )


def _with_keys(settings: Settings, given: Mapping[str, str]) -> Settings:
    if "public_keys" in given:
        # Who sets a key wants it used.
        settings = settings._replace(public_keys=read_public_keys(given["public_keys"]), unsigned="refuse")
    if "unsigned" in given:
        settings = settings._replace(unsigned=_unsigned(given["unsigned"], settings.public_keys))
    if "receipt_key" in given:
        settings = settings._replace(receipt_key=read_seed(given["receipt_key"]))
    return settings


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


def read_public_keys(text: str) -> tuple[bytes, ...]:
    """Return the DER of public keys of P-256: PEM, or base64 of their DER, separated by commas.

    Raises
    ------
    ConfigurationError : there is none, or something else among them.
    """
    # A PEM's marks stand for commas; what cannot hold a line break has one written as two letters.
    for mark in ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"):
        text = text.replace(mark, ",")
    keys = tuple(map(_base64, _items("".join(text.replace("\\n", "").split()))))
    if not keys or any(len(key) != len(P256) + 64 or not key.startswith(P256) for key in keys):
        # It may be the private key that stands there: the message must not repeat it.
        raise ConfigurationError(
            VARIABLES["public_keys"], "...", "public keys of P-256: PEM, or base64 of their DER, separated by commas"
        )
    return keys


def _unsigned(word: str, keys: tuple[bytes, ...]) -> str:
    policy = _one_of("unsigned", word.strip().lower(), UNSIGNED)
    if policy != "accept" and not keys:
        raise ConfigurationError(VARIABLES["unsigned"], word, f"a key in {VARIABLES['public_keys']} beside it")
    return policy


def read_seed(text: str) -> bytes:
    """Return the seed of an Ed25519 key, 32 bytes.

    Raises
    ------
    ConfigurationError : the text is no base64 of so many.
    """
    seed = _base64(text.strip())
    if len(seed) != 32:
        raise ConfigurationError(VARIABLES["receipt_key"], "...", "base64 of 32 random bytes; see neuralworks keygen")
    return seed


def _base64(text: str) -> bytes:
    from binascii import Error, a2b_base64  # Most processes are given no key.

    try:
        return a2b_base64(text, strict_mode=True)
    except (Error, ValueError):
        return b""


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


def read_namespace(text: str) -> str:
    """Return a CloudWatch namespace.

    Raises
    ------
    ConfigurationError : CloudWatch takes no such name.
    """
    name = text.strip()
    plain = name.isascii() and all(letter.isalnum() or letter in "._-/#" for letter in name)
    if not plain or not 0 < len(name) <= 255 or name.startswith("AWS/"):
        expected = "1 to 255 letters, digits and ._-/#, not beginning with AWS/"
        raise ConfigurationError(VARIABLES["metrics_namespace"], text, expected)
    return name


def _port(text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) < 65536):
        raise ConfigurationError(VARIABLES["port"], text, "a TCP port, 1 to 65535")
    return int(digits)


def _alias(text: str) -> str:
    if not (text.isascii() and text.isidentifier() and text == text.lower()):
        raise ConfigurationError(VARIABLES["store_alias"], text, "lower-case letters, digits and _, such as production")
    return text


def _seconds(field: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not LEAST_S <= seconds <= MOST_S:
        raise ConfigurationError(VARIABLES[field], text, f"seconds, {LEAST_S} to {MOST_S:,}")
    return seconds


def _shadow(text: str, store: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ConfigurationError(VARIABLES["shadow_share"], text, "a share from 0 to 1, such as 0.1")
    if share and not store:
        raise ConfigurationError(VARIABLES["shadow_share"], text, f"a store in {VARIABLES['store']} beside it")
    return share
