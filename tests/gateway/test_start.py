"""What is settled before a server starts."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway import DEFAULT_KEY, Options, local_settings, run, start
from challenge_neuralworks.gateway.listening import CannotListen, free_address, is_loopback
from challenge_neuralworks.gateway.start import NoServer, accepted_keys, planned_keys
from challenge_neuralworks.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_of_an_empty_environment() -> None:
    """Metric lines are off, Swagger UI is served here, and the port is the caller's; nothing else differs."""
    assert local_settings({}, port=8080) == Settings(metrics=False, docs_assets="docs/assets", port=8080)
    assert local_settings({"PORT": " ", "NEURALWORKS_METRICS": ""}) == Settings(
        metrics=False, docs_assets="docs/assets"
    )


def test_environment_wins() -> None:
    """What the environment states holds."""
    stated = local_settings({"PORT": "9001", "NEURALWORKS_METRICS": "on", "NEURALWORKS_API_KEYS": "a,b"}, port=8080)
    assert stated == Settings(metrics=True, port=9001, api_keys=("a", "b"), docs_assets="docs/assets")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_default_key_on_this_machine(host: str) -> None:
    """Where nobody else can connect, a known key is fine."""
    assert is_loopback(host) is True
    assert accepted_keys(Settings(), host) == (DEFAULT_KEY,)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "localhost.example.org"])  # noqa: S104  # nothing is bound
def test_no_default_key_for_other_machines(host: str) -> None:
    """Where others can connect, a key that everybody knows would be none."""
    with pytest.raises(ConfigurationError) as caught:
        accepted_keys(Settings(), host)
    assert str(caught.value) == (
        "NEURALWORKS_API_KEYS='' cannot be used: expected at least one key, comma-separated, "
        f"because {host} may be reached from other machines"
    )
    assert accepted_keys(Settings(api_keys=(DEFAULT_KEY,)), host) == (DEFAULT_KEY,)


def test_no_default_key_beside_usage_plans(tmp_path: Path) -> None:
    """Whoever names keys in a file means those, wherever the server listens; a file without keys changes nothing."""
    path = tmp_path / "plans.toml"
    path.write_text('[plans.p]\n[keys.a]\nplan = "p"\nsha256 = "' + "0" * 64 + '"\n', encoding="utf-8")
    planned = planned_keys(Options(usage_plans=str(path)))
    assert planned == 1
    assert accepted_keys(Settings(), "localhost", planned=planned) == ()
    assert accepted_keys(Settings(api_keys=("k",)), "192.0.2.1", planned=planned) == ("k",)
    path.write_text("", encoding="utf-8")
    assert planned_keys(Options(usage_plans=str(path))) == planned_keys(Options()) == 0


@pytest.mark.parametrize(
    ("options", "stated"),
    [
        (Options(concurrency=3), "NEURALWORKS_CONCURRENCY='3'"),
        (Options(cold_start_ms=200), "NEURALWORKS_COLD_START_MS='200'"),
        (Options(timeout_s=1.5), "NEURALWORKS_TIMEOUT_S='1.5'"),
        (Options(service_ms=1.5), "NEURALWORKS_SERVICE_MS='1.5'"),
        (Options(invocations_per_s=100), "NEURALWORKS_INVOCATIONS_PER_S='100'"),
        (Options(new_per_10_s=50), "NEURALWORKS_NEW_ENVIRONMENTS_PER_10_S='50'"),
    ],
)
def test_waitress_refuses_what_it_cannot_do(options: Options, stated: str) -> None:
    """An option without effect would be believed; the message names it and who can."""
    with pytest.raises(ConfigurationError) as caught:
        run(Settings(), options=options, server="waitress")
    assert str(caught.value) == (
        f"{stated} cannot be used: expected nothing, because waitress cannot do it; granian can"
    )


def test_reloading_needs_granian() -> None:
    """The message says what to install."""
    with pytest.raises(NoServer, match=r"^reloading needs granian, not waitress: pip install "):
        run(Settings(), server="waitress", reload=True)


def test_port_in_use() -> None:
    """Somebody who listens already is found, also where the port could be shared, and the remedy is named."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotListen) as caught:
            run(Settings(port=port))
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1, port {port}: it is in use; "
        f"stop what listens there or choose another port, such as PORT={port + 1 if port < 65535 else port - 1}"
    )
    assert free_address("localhost", port) in ("127.0.0.1", "::1")


def test_unknown_host() -> None:
    """A name that is none is a message, not a traceback."""
    with pytest.raises(CannotListen, match=r"^cannot listen on no\.such\.invalid, port 8000: "):
        free_address("no.such.invalid", 8000)


def test_no_server_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without either server the message says what to install."""
    monkeypatch.setattr(start, "find_spec", lambda _name: None)
    with pytest.raises(NoServer, match=r"pip install '.\[serve\]'"):
        run(Settings())
