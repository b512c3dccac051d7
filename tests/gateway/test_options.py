"""What the environment may set of the gateway alone."""

from __future__ import annotations

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway.options import BINARY_TYPES, VARIABLES, Options, read_options
from tests.making import ROOT


def test_silent_environment() -> None:
    """Nothing set, or set to nothing: every default, none of which changes what is served."""
    assert read_options({}) == read_options(dict.fromkeys(VARIABLES.values(), " ")) == Options()
    assert Options() == Options("", "", "", 0, 0, 29.0, BINARY_TYPES, 0.0, 0, 0)


def test_every_option_is_read() -> None:
    """Each variable reaches its field."""
    environ = {
        "NEURALWORKS_USAGE_PLANS": "plans.toml",
        "NEURALWORKS_STAGE": "dev",
        "NEURALWORKS_ACCESS_LOG": "-",
        "NEURALWORKS_CONCURRENCY": "10",
        "NEURALWORKS_COLD_START_MS": "150",
        "NEURALWORKS_TIMEOUT_S": "2.5",
        "NEURALWORKS_BINARY_TYPES": "Image/PNG, */*",
        "NEURALWORKS_SERVICE_MS": "1.25",
        "NEURALWORKS_INVOCATIONS_PER_S": "100",
        "NEURALWORKS_NEW_ENVIRONMENTS_PER_10_S": "1000",
    }
    assert set(environ) == set(VARIABLES.values())
    assert set(VARIABLES) == set(Options._fields)
    assert read_options(environ) == Options(
        "plans.toml", "dev", "-", 10, 150, 2.5, ("image/png", "*/*"), 1.25, 100, 1_000
    )


@pytest.mark.parametrize(
    "options",
    [
        Options(concurrency=1),
        Options(cold_start_ms=1),
        Options(service_ms=0.5),
        Options(invocations_per_s=1),
        Options(new_per_10_s=1),
    ],
)
def test_what_only_environments_can_do_asks_for_them(options: Options) -> None:
    """Any of these alone has requests run side by side; the other options leave the quicker way as it is."""
    assert options.side_by_side
    assert not Options("plans.toml", "dev", "-", timeout_s=2.5).side_by_side


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("NEURALWORKS_STAGE", "a/b", "letters, digits, - and _, as API Gateway's stages"),
        ("NEURALWORKS_STAGE", "a" * 129, "letters, digits, - and _, as API Gateway's stages"),
        ("NEURALWORKS_CONCURRENCY", "1001", "a whole number from 0 to 1,000"),
        ("NEURALWORKS_CONCURRENCY", "-1", "a whole number from 0 to 1,000"),
        ("NEURALWORKS_COLD_START_MS", "1.5", "a whole number from 0 to 60,000"),
        ("NEURALWORKS_TIMEOUT_S", "0", "seconds, over 0 and up to 300"),
        ("NEURALWORKS_TIMEOUT_S", "nan", "seconds, over 0 and up to 300"),
        ("NEURALWORKS_TIMEOUT_S", "soon", "seconds, over 0 and up to 300"),
        ("NEURALWORKS_SERVICE_MS", "nan", "milliseconds, from 0 to 900,000"),
        ("NEURALWORKS_SERVICE_MS", "-1", "milliseconds, from 0 to 900,000"),
        ("NEURALWORKS_SERVICE_MS", "long", "milliseconds, from 0 to 900,000"),
        ("NEURALWORKS_INVOCATIONS_PER_S", "0.5", "a whole number from 0 to 1,000,000"),
        ("NEURALWORKS_NEW_ENVIRONMENTS_PER_10_S", "many", "a whole number from 0 to 1,000,000"),
    ],
)
def test_value_that_cannot_be_used(variable: str, value: str, expected: str) -> None:
    """The message names the variable, its value and what was expected."""
    with pytest.raises(ConfigurationError) as caught:
        read_options({variable: value})
    assert str(caught.value) == f"{variable}={value!r} cannot be used: expected {expected}"


@pytest.mark.parametrize("value", ["png", "image/", "*/png", "image/*x", "a/b/c"])
def test_media_type_that_is_none(value: str) -> None:
    """The message names the one that is wrong among several."""
    with pytest.raises(ConfigurationError) as caught:
        read_options({"NEURALWORKS_BINARY_TYPES": f"image/png,{value}"})
    assert (caught.value.variable, caught.value.value) == ("NEURALWORKS_BINARY_TYPES", value)


@pytest.mark.parametrize("variable", VARIABLES.values())
def test_every_option_is_documented(variable: str) -> None:
    """docs/local-gateway.md names each option."""
    assert f"`{variable}`" in (ROOT / "docs" / "local-gateway.md").read_text(encoding="utf-8")
