"""Settings: what the environment may say, and that a wrong word is refused at once."""

from __future__ import annotations

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.settings import VARIABLES, Settings, read_settings
from tests.making import ROOT


def test_an_empty_environment_gives_the_defaults() -> None:
    """Nothing need be set."""
    assert read_settings({}) == Settings("models", (), True, "INFO", 8000, False, ())


def test_every_variable_is_read() -> None:
    """Each setting comes from its variable."""
    environ = {
        "NEURALWORKS_MODELS_DIR": "/opt/models",
        "NEURALWORKS_API_KEYS": "one, two,",
        "NEURALWORKS_METRICS": "Off",
        "NEURALWORKS_LOG_LEVEL": "warning",
        "PORT": "8123",
        "NEURALWORKS_PRELOAD": "yes",
        "NEURALWORKS_TRUSTED_DIGESTS": "A" * 64,
        "NEURALWORKS_PAGES": "Locked",
        "NEURALWORKS_DOCS_ASSETS": "docs/assets",
    }
    assert set(environ) == set(VARIABLES.values())
    assert read_settings(environ) == Settings(
        "/opt/models", ("one", "two"), False, "WARNING", 8123, True, ("a" * 64,), "locked", "docs/assets"
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "²"),
        ("NEURALWORKS_METRICS", "maybe"),
        ("NEURALWORKS_PRELOAD", "2"),
        ("NEURALWORKS_LOG_LEVEL", "LOUD"),
        ("NEURALWORKS_TRUSTED_DIGESTS", "abc"),
        ("NEURALWORKS_PAGES", "CLOSED"),
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


def test_every_variable_is_documented() -> None:
    """docs/operations.md names each setting."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [variable for variable in VARIABLES.values() if variable not in text] == []
