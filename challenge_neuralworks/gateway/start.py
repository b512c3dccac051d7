"""Choosing what to serve with, checking that it can be done, and doing it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from challenge_neuralworks.errors import ConfigurationError, NeuralworksError
from challenge_neuralworks.gateway.listening import free_address, is_loopback
from challenge_neuralworks.settings import VARIABLES, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from challenge_neuralworks.gateway.core import Handler
    from challenge_neuralworks.settings import Settings

    Build = Callable[[Settings], Handler]

ServerName = Literal["granian", "waitress"]

DEFAULT_KEY = "local-dev-key"
"""Accepted where no key is set and no other machine can connect."""

LOCAL_DEFAULTS = {VARIABLES["metrics"]: "off"}
"""What differs from the function's defaults: nobody collects metric lines here."""


class NoServer(NeuralworksError):
    """No package that speaks HTTP is installed."""

    code = "no-server"


class Plan(NamedTuple):
    """All that a server needs to start, in whichever process; it is pickled where processes are spawned.

    build : makes the handler from the settings.
    address : numeric IP to listen on.
    keys : API keys that are accepted.
    """

    settings: Settings
    build: Build
    address: str
    keys: tuple[str, ...]
    workers: int = 1


def local_settings(environ: Mapping[str, str], port: int = 8000) -> Settings:
    """Return the settings that an environment states, with the gateway's own defaults.

    Parameters
    ----------
    port : TCP port where the environment names none.

    Raises
    ------
    ConfigurationError : as `read_settings`.
    """
    stated = {variable: value for variable, value in environ.items() if value.strip()}
    return read_settings({**LOCAL_DEFAULTS, VARIABLES["port"]: str(port), **stated})


def run(
    settings: Settings,
    host: str = "127.0.0.1",
    workers: int = 1,
    *,
    server: ServerName | None = None,
    build: Build | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests that are running and return.

    Parameters
    ----------
    host : name or IP to listen on; ``0.0.0.0`` is every interface, and then keys must be set.
    workers : processes; waitress has always one.
    server : granian where it is installed, else waitress.
    build : what makes the handler, `challenge_neuralworks.serving.build` unless a test has its own.

    Raises
    ------
    CannotListen : the port is taken or forbidden; names it and the remedy.
    ConfigurationError : other machines could connect and no key is set.
    NoServer : neither server is installed.
    """
    name = server or _installed()
    keys = accepted_keys(settings, host)
    plan = Plan(settings, build or _build, free_address(host, settings.port), keys, workers)
    if name == "granian":
        from challenge_neuralworks.gateway import rsgi

        rsgi.serve(plan)
    else:
        from challenge_neuralworks.gateway import wsgi

        wsgi.serve(plan)


def accepted_keys(settings: Settings, host: str) -> tuple[str, ...]:
    """Return the keys to accept: those set, or on a loopback address the default one.

    Raises
    ------
    ConfigurationError : there are none.
    """
    if settings.api_keys:
        return settings.api_keys
    if is_loopback(host):
        return (DEFAULT_KEY,)
    expected = f"at least one key, comma-separated, because {host} may be reached from other machines"
    raise ConfigurationError(VARIABLES["api_keys"], "", expected)


def _build(settings: Settings) -> Handler:
    from challenge_neuralworks.serving import build

    return build(settings)


def _installed() -> ServerName:
    names: tuple[ServerName, ...] = ("granian", "waitress")
    for name in names:
        if find_spec(name):
            return name
    raise NoServer("serving needs granian or waitress: pip install 'challenge-neuralworks[serve]', or [http]")
