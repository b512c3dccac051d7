"""Choosing what to serve with, checking that it can be done, and doing it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, NamedTuple

from challenge_neuralworks.errors import ConfigurationError, NeuralworksError
from challenge_neuralworks.gateway.listening import free_address, is_loopback
from challenge_neuralworks.gateway.options import VARIABLES as OPTIONS
from challenge_neuralworks.gateway.options import Options
from challenge_neuralworks.settings import VARIABLES, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from challenge_neuralworks.gateway.core import Gateway, Handler
    from challenge_neuralworks.settings import Settings

    Build = Callable[[Settings], Handler]

ServerName = Literal["granian", "waitress"]

DEFAULT_KEY = "local-dev-key"
"""Accepted where no key is set and no other machine can connect."""

LOCAL_DEFAULTS = {VARIABLES["metrics"]: "off"}
"""What differs from the function's defaults: nobody collects metric lines here."""

GRANIAN_ONLY = ("concurrency", "cold_start_ms", "timeout_s", "service_ms", "invocations_per_s", "new_per_10_s")
"""Options that waitress, which answers one request after the other in one thread, cannot follow."""


class NoServer(NeuralworksError):
    """No package that speaks HTTP is installed."""

    code = "no-server"


class Plan(NamedTuple):
    """All that a server needs to start, in whichever process; it is pickled where processes are spawned.

    build : makes the handler from the settings.
    address : numeric IP to listen on.
    keys : API keys that are accepted.
    options : the gateway's own.
    reload : replace the workers when code, models or usage plans change.
    """

    settings: Settings
    build: Build
    address: str
    keys: tuple[str, ...]
    workers: int = 1
    options: Options = Options()
    reload: bool = False

    def gateway(self, handler: Handler) -> Gateway:
        """Return the gateway in front of a handler; called in the process that serves."""
        from challenge_neuralworks.gateway.core import Gateway

        return Gateway(handler, self.keys, self.settings.port, options=self.options, pages=self.settings.pages)


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
    return read_settings({**LOCAL_DEFAULTS, **_docs_assets(), VARIABLES["port"]: str(port), **stated})


def run(  # noqa: PLR0913  # choices that have nothing to do with each other
    settings: Settings,
    host: str = "127.0.0.1",
    workers: int = 1,
    *,
    options: Options | None = None,
    server: ServerName | None = None,
    build: Build | None = None,
    reload: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests that are running and return.

    Parameters
    ----------
    host : name or IP to listen on; ``0.0.0.0`` is every interface, and then keys must be set.
    workers : processes; waitress has always one.
    options : the gateway's own, all at their defaults where None.
    server : granian where it is installed, else waitress.
    build : what makes the handler, `challenge_neuralworks.serving.build` unless a test has its own.
    reload : for development: replace the workers when code, models or usage plans change.

    Raises
    ------
    CannotListen : the port is taken or forbidden; names it and the remedy.
    ConfigurationError : other machines could connect and no key is set; an option cannot be followed; or the store's
        URL is none, or boto3 is needed for it and not installed.
    NoServer : neither server is installed, or not the one that ``reload`` needs.
    """
    options = options or Options()
    name = server or _installed()
    _check_server(name, options, reload=reload)
    _check_access(options, workers)
    if settings.store:
        from challenge_neuralworks.store.objects import check_url

        # Here, where it is one line; a worker's would be a traceback.
        check_url(settings.store)
    keys = accepted_keys(settings, host, planned=planned_keys(options))
    address = free_address(host, settings.port)
    plan = Plan(settings, build or _build, address, keys, workers, options, reload)
    if name == "granian":
        from challenge_neuralworks.gateway import processes

        processes.serve(plan)
    else:
        from challenge_neuralworks.gateway import wsgi

        wsgi.serve(plan)


def planned_keys(options: Options) -> int:
    """Return how many keys the usage plans hold; 0 where there are none.

    Raises
    ------
    ConfigurationError : the usage plans cannot be used.
    """
    if not options.usage_plans:
        return 0
    from challenge_neuralworks.gateway.plans import read_plans

    return len(read_plans(options.usage_plans).keys)


def accepted_keys(settings: Settings, host: str, *, planned: int = 0) -> tuple[str, ...]:
    """Return the keys to accept beside those of the usage plans: those set, or on a loopback address the default one.

    Parameters
    ----------
    planned : how many keys the usage plans hold; with any, there is no default.

    Raises
    ------
    ConfigurationError : there are none at all.
    """
    if settings.api_keys or planned:
        return settings.api_keys
    if is_loopback(host):
        return (DEFAULT_KEY,)
    expected = f"at least one key, comma-separated, because {host} may be reached from other machines"
    raise ConfigurationError(VARIABLES["api_keys"], "", expected)


def _docs_assets() -> dict[str, str]:
    from challenge_neuralworks.gateway.docs_assets import FOLDER, available

    # Served from the installed package where it holds them; else the page asks the public CDN.
    return {VARIABLES["docs_assets"]: FOLDER} if available() else {}


def _build(settings: Settings) -> Handler:
    from challenge_neuralworks.serving import build

    return build(settings)


def _check_server(name: ServerName, options: Options, *, reload: bool) -> None:
    if name == "granian":
        return
    if reload:
        raise NoServer(f"reloading needs granian, not {name}: pip install '.[serve]' in the project's folder")
    # What would silently not be so must not be believed.
    for field in GRANIAN_ONLY:
        value = getattr(options, field)
        if value != getattr(Options(), field):
            raise ConfigurationError(OPTIONS[field], f"{value:g}", f"nothing, because {name} cannot do it; granian can")


def _check_access(options: Options, workers: int) -> None:
    if options.usage_plans and workers > 1:
        expected = f"one worker, not {workers}, because each would count requests for itself"
        raise ConfigurationError(OPTIONS["usage_plans"], options.usage_plans, expected)
    if options.access_log:
        from challenge_neuralworks.gateway.accesslog import check_log

        check_log(options.access_log)


def _installed() -> ServerName:
    names: tuple[ServerName, ...] = ("granian", "waitress")
    for name in names:
        if find_spec(name):
            return name
    raise NoServer("serving needs granian or waitress: pip install '.[serve]' in the project's folder, or '.[http]'")
