"""Settings: what the environment may say, and that a wrong word is refused at once."""

from __future__ import annotations

import base64

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.settings import VARIABLES, Settings, read_settings
from tests.making import ROOT

KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt"
    "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
)
"""A public key of P-256, base64 of its DER: the curve's own generator."""


def test_an_empty_environment_gives_the_defaults() -> None:
    """Nothing need be set."""
    assert read_settings({}) == Settings("models", (), True, "challenge_neuralworks", "INFO", 8000, False, ())


def test_every_variable_is_read() -> None:
    """Each setting comes from its variable."""
    environ = {
        "NEURALWORKS_MODELS_DIR": "/opt/models",
        "NEURALWORKS_API_KEYS": "one, two,",
        "NEURALWORKS_METRICS": "Off",
        "NEURALWORKS_METRICS_NAMESPACE": " neural_dev/models ",
        "NEURALWORKS_LOG_LEVEL": "warning",
        "PORT": "8123",
        "NEURALWORKS_PRELOAD": "yes",
        "NEURALWORKS_TRUSTED_DIGESTS": "A" * 64,
        "NEURALWORKS_PAGES": "Locked",
        "NEURALWORKS_DOCS_ASSETS": "docs/assets",
        "NEURALWORKS_PUBLIC_KEYS": KEY,
        "NEURALWORKS_UNSIGNED": "Warn",
        "NEURALWORKS_RECEIPT_KEY": base64.b64encode(bytes(range(32))).decode(),
        "NEURALWORKS_STORE": " s3://bucket/models ",
        "NEURALWORKS_STORE_ALIAS": "candidate",
        "NEURALWORKS_STORE_TTL_S": "2.5",
        "NEURALWORKS_SHADOW": "0.25",
    }
    assert set(environ) == set(VARIABLES.values())
    assert read_settings(environ) == Settings(
        models_dir="/opt/models",
        api_keys=("one", "two"),
        metrics=False,
        metrics_namespace="neural_dev/models",
        log_level="WARNING",
        port=8123,
        preload=True,
        trusted_digests=("a" * 64,),
        pages="locked",
        docs_assets="docs/assets",
        public_keys=(base64.b64decode(KEY),),
        unsigned="warn",
        receipt_key=bytes(range(32)),
        store="s3://bucket/models",
        store_alias="candidate",
        store_ttl_s=2.5,
        shadow_share=0.25,
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "²"),
        ("NEURALWORKS_METRICS", "maybe"),
        ("NEURALWORKS_METRICS_NAMESPACE", "AWS/Lambda"),
        ("NEURALWORKS_METRICS_NAMESPACE", 'neural"dev'),
        ("NEURALWORKS_METRICS_NAMESPACE", "n" * 256),
        ("NEURALWORKS_PRELOAD", "2"),
        ("NEURALWORKS_LOG_LEVEL", "LOUD"),
        ("NEURALWORKS_TRUSTED_DIGESTS", "abc"),
        ("NEURALWORKS_PAGES", "CLOSED"),
        ("NEURALWORKS_UNSIGNED", "perhaps"),
        ("NEURALWORKS_UNSIGNED", "refuse"),
        ("NEURALWORKS_UNSIGNED", "warn"),
        ("NEURALWORKS_STORE_ALIAS", "../up"),
        ("NEURALWORKS_STORE_TTL_S", "0"),
        ("NEURALWORKS_STORE_TTL_S", "soon"),
        ("NEURALWORKS_STORE_TTL_S", "nan"),
        ("NEURALWORKS_SHADOW", "1.1"),
        ("NEURALWORKS_SHADOW", "10%"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(variable: str, value: str) -> None:
    """The error says which variable, which value and what was expected."""
    with pytest.raises(ConfigurationError) as refused:
        read_settings({variable: value})
    assert refused.value.variable == variable
    assert variable in str(refused.value)
    assert value.lower() in refused.value.value.lower()


def test_a_wrong_key_is_not_repeated() -> None:
    """A key is a secret, also a malformed one."""
    with pytest.raises(ConfigurationError) as refused:
        read_settings({"NEURALWORKS_API_KEYS": "se cret"})
    assert "se cret" not in str(refused.value)


@pytest.mark.parametrize("policy", ["", "accept", "warn", "refuse"])
def test_who_sets_a_key_has_it_used(policy: str) -> None:
    """With a key unsigned artifacts are refused, unless something else is said; without one nothing can be refused."""
    given = {"NEURALWORKS_PUBLIC_KEYS": KEY, **({"NEURALWORKS_UNSIGNED": policy} if policy else {})}
    assert read_settings(given).unsigned == (policy or "refuse")
    assert read_settings({}).unsigned == "accept"


def test_public_keys_are_pem_or_base64() -> None:
    """One or several, with line breaks, with none, or with what stands for them where none can be."""
    der = base64.b64decode(KEY)
    pem = f"-----BEGIN PUBLIC KEY-----\n{KEY[:64]}\n{KEY[64:]}\n-----END PUBLIC KEY-----\n"
    texts = {pem: 1, pem * 2: 2, pem.replace("\n", "\\n"): 1, pem.replace("\n", " "): 1, f"{KEY}, {KEY}": 2}
    for text, count in texts.items():
        assert read_settings({"NEURALWORKS_PUBLIC_KEYS": text}).public_keys == (der,) * count


@pytest.mark.parametrize("variable", ["NEURALWORKS_PUBLIC_KEYS", "NEURALWORKS_RECEIPT_KEY"])
@pytest.mark.parametrize(
    "value",
    ["sesame", base64.b64encode(bytes(31)).decode(), base64.b64encode(bytes(91)).decode(), KEY + "=", KEY[:-4], ","],
)
def test_what_is_no_key_is_refused_and_not_repeated(variable: str, value: str) -> None:
    """A private key may have been put there."""
    with pytest.raises(ConfigurationError) as refused:
        read_settings({variable: value})
    assert refused.value.variable == variable
    assert refused.value.value == "..."


def test_every_variable_is_documented() -> None:
    """docs/operations.md names each setting."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [variable for variable in VARIABLES.values() if variable not in text] == []
