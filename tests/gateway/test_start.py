"""What is settled before a server starts."""

from __future__ import annotations

import socket

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway import DEFAULT_KEY, local_settings, run, start
from challenge_neuralworks.gateway.listening import CannotListen, free_address, is_loopback
from challenge_neuralworks.gateway.start import NoServer, accepted_keys
from challenge_neuralworks.settings import Settings


def test_settings_of_an_empty_environment() -> None:
    """Metric lines are off here, and the port is the one that the caller prefers; nothing else differs."""
    assert local_settings({}, port=8080) == Settings(metrics=False, port=8080)
    assert local_settings({"PORT": " ", "NEURALWORKS_METRICS": ""}) == Settings(metrics=False)


def test_environment_wins() -> None:
    """What the environment states holds."""
    stated = local_settings({"PORT": "9001", "NEURALWORKS_METRICS": "on", "NEURALWORKS_API_KEYS": "a,b"}, port=8080)
    assert stated == Settings(metrics=True, port=9001, api_keys=("a", "b"))


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
    with pytest.raises(NoServer, match=r"pip install 'challenge-neuralworks\[serve\]'"):
        run(Settings())
