"""Who takes part: servers, each started by a command of its own, and functions, which Lambda's emulator starts."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.errors import BenchError
from stress_test.peers.dialects import LIST, OURS, PLAIN, SPLIT, TENSORS, Dialect
from stress_test.peers.subject import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent
KEY = secrets.token_urlsafe(20)
"""Of our own servers: the peers ask for none."""

WORKERS = "2"
"""Of each server that takes a number: one a core of the machine that the figures are from."""

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Workers of as many threads as there are cores would wait for each other."""


class NotPrepared(BenchError):
    """What a server needs before its start cannot be made."""


class Place(NamedTuple):
    """Where a server runs.

    python : interpreter of its environment.
    work : its folder, with its code and the pipeline.
    ports : three that are free; the first is to be listened on.
    models_dir : folder of our artifact.
    """

    python: Path
    work: Path
    ports: tuple[int, int, int]
    models_dir: Path

    def script(self, name: str) -> str:
        """Return the path of a program of the environment."""
        return str(self.python.parent / name)


class Server(NamedTuple):
    """A system that listens.

    folder : of its code and requirements, below this one.
    command : starts it.
    batching : whether requests that wait are predicted together.
    ours : whether it is this project.
    prepare : is called once, before the first start.
    """

    name: str
    title: str
    folder: str
    dialect: Dialect
    command: Callable[[Place], list[str]]
    batching: bool = False
    ours: bool = False
    environ: Callable[[Place], Mapping[str, str]] = lambda _: {}
    prepare: Callable[[Place], None] | None = None


class Function(NamedTuple):
    """A Lambda handler; fields as `Server`."""

    name: str
    title: str
    folder: str
    handler: str
    dialect: Dialect
    ours: bool = False


def _gateway(place: Place) -> list[str]:
    serve = ["-m", "challenge_neuralworks.cli", "serve", "--port", str(place.ports[0])]
    return [str(place.python), *serve, "--models-dir", str(place.models_dir)]


def _uvicorn(app: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        quiet = ("--no-access-log", "--log-level", "warning")
        return [place.script("uvicorn"), app, "--port", str(place.ports[0]), "--workers", WORKERS, *quiet]

    return command


def _gunicorn(place: Place) -> list[str]:
    bind = f"127.0.0.1:{place.ports[0]}"
    return [place.script("gunicorn"), "app:app", "--preload", "--workers", WORKERS, "--bind", bind]


def _bentoml(service: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        return [place.script("bentoml"), "serve", service, "--host", "127.0.0.1", "--port", str(place.ports[0])]

    return command


def _python(script: str) -> Callable[[Place], list[str]]:
    return lambda place: [str(place.python), script]


def _mlserver(place: Place) -> list[str]:
    return [place.script("mlserver"), "start", "."]


def _mlflow(place: Place) -> list[str]:
    serve = ["models", "serve", "--model-uri", "model", "--env-manager", "local", "--workers", WORKERS]
    return [place.script("mlflow"), *serve, "--host", "127.0.0.1", "--port", str(place.ports[0])]


def _settle(name: str) -> Callable[[Place], None]:
    def prepare(place: Place) -> None:
        (place.work / name).replace(place.work / "model-settings.json")

    return prepare


def _save(place: Place) -> None:
    command = [str(place.python), "save.py", PIPELINE, "model"]
    environ = {**os.environ, "HOME": str(place.work), "MLFLOW_TRACKING_URI": str(place.work / "tracking")}
    done = subprocess.run(command, cwd=place.work, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPrepared(f"MLflow cannot save the pipeline: {done.stderr.strip()[-500:]}")


def _settings(place: Place) -> dict[str, str]:
    # No line a request, as with the peers.
    quiet = {"NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off"}
    return {**quiet, "NEURALWORKS_API_KEYS": KEY, "NEURALWORKS_MODELS_DIR": str(place.models_dir)}


def _container_settings(place: Place) -> dict[str, str]:
    # Beside the interpreter, as `bench.layout` lays it out.
    return {**_settings(place), "PYTHONPATH": str(place.python.parents[2] / "ours")}


def _bento_home(place: Place) -> dict[str, str]:
    return {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(place.work)}


def _mlserver_ports(place: Place) -> dict[str, str]:
    names = ("MLSERVER_HTTP_PORT", "MLSERVER_GRPC_PORT", "MLSERVER_METRICS_PORT")
    return {name: str(port) for name, port in zip(names, place.ports, strict=True)}


SERVERS = (
    Server("ours", "ours, local gateway (granian)", "ours_gateway", OURS, _gateway, ours=True, environ=_settings),
    Server(
        "ours-container",
        "ours, container (waitress)",
        "ours_container",
        OURS,
        _python("serve.py"),
        ours=True,
        environ=_container_settings,
    ),
    Server("fastapi", "FastAPI + uvicorn", "fastapi_uvicorn", PLAIN, _uvicorn("app:app")),
    Server("fastapi-threads", "FastAPI + uvicorn, threads", "fastapi_uvicorn", PLAIN, _uvicorn("threads:app")),
    Server("flask", "Flask + gunicorn", "flask_gunicorn", PLAIN, _gunicorn),
    Server("bentoml", "BentoML", "bentoml_serve", PLAIN, _bentoml("service:Delay"), environ=_bento_home),
    Server(
        "bentoml-batching",
        "BentoML, batching",
        "bentoml_serve",
        LIST,
        _bentoml("batching:Delay"),
        batching=True,
        environ=_bento_home,
    ),
    Server(
        "mlserver",
        "MLServer",
        "mlserver_sklearn",
        TENSORS,
        _mlserver,
        environ=_mlserver_ports,
        prepare=_settle("one.json"),
    ),
    Server(
        "mlserver-batching",
        "MLServer, batching",
        "mlserver_sklearn",
        TENSORS,
        _mlserver,
        batching=True,
        environ=_mlserver_ports,
        prepare=_settle("batching.json"),
    ),
    Server("litserve", "LitServe", "litserve_cpu", PLAIN, _python("server.py")),
    Server("litserve-batching", "LitServe, batching", "litserve_cpu", PLAIN, _python("batching.py"), batching=True),
    Server("mlflow", "MLflow", "mlflow_serve", SPLIT, _mlflow, prepare=_save),
)

FUNCTIONS = (
    Function(
        "ours-function", "ours", "ours_function", "challenge_neuralworks.lambda_handler.lambda_handler", OURS, ours=True
    ),
    Function("mangum", "FastAPI + Mangum", "fastapi_mangum", "app.handler", PLAIN._replace(path="/inference/delay")),
    Function("pandas", "pandas + scikit-learn", "pandas_sklearn", "app.handler", PLAIN),
)


def chosen(names: str) -> tuple[list[Server], list[Function]]:
    """Return those of a comma-separated list, and ours, without which nothing is compared; "" is everybody.

    Raises
    ------
    ValueError : a name is unknown; lists those there are.
    """
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    known = [one.name for one in (*SERVERS, *FUNCTIONS)]
    if unknown := wanted - set(known):
        raise ValueError(f"{', '.join(sorted(unknown))}: no such peer; there are {', '.join(known)}")
    return (
        [one for one in SERVERS if not wanted or one.ours or one.name in wanted],
        [one for one in FUNCTIONS if not wanted or one.ours or one.name in wanted],
    )
