"""The way to MLflow: imported only when something is tracked or looked up, and with its own telemetry off."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = "MLFLOW_TRACKING_URI"

DEFAULT_FILE = "mlflow.db"
"""In the current folder, beside it ``mlruns/`` with the artifacts: no server to start."""

OURS = {
    # MLflow 3 tells its makers what is called; DO_NOT_TRACK says the same to what it is made of.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # What a command prints is its own.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    # Seven tries, each after twice the pause, are minutes before a server is said to be down.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "60",
}
"""What holds where the environment says nothing else."""


BELOW = ("boto3", "botocore", "psycopg2", "sqlalchemy")
"""Packages whose errors MLflow lets through."""


class MlflowMissing(NeuralworksError):
    """MLflow is not installed."""

    code = "mlflow-missing"


class RegistryUnavailable(NeuralworksError):
    """MLflow, or what it keeps its records in, refused or did not answer."""

    code = "registry-unavailable"

    def __init__(self, uri: str, reason: str) -> None:
        # MLflow's own words may hold the whole address.
        password = urlsplit(uri).password
        self.uri = shown(uri)
        self.reason = reason.replace(password, "...") if password else reason
        super().__init__(f"MLflow cannot be used at {self.uri}: {self.reason}; {VARIABLE} says where it is")


def tracking_uri(environ: Mapping[str, str]) -> str:
    """Return where runs and models are kept: what the environment states, else a file in the current folder."""
    # Whole, because MLflow remembers what it has opened by this text, whichever folder is current later.
    return environ.get(VARIABLE, "").strip() or f"sqlite:///{Path(DEFAULT_FILE).absolute()}"


def shown(uri: str) -> str:
    """Return a URI as it may be shown: without its password."""
    parts = urlsplit(uri)
    if parts.password is None:
        return uri
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username}:...@{host}").geturl()


def connect(uri: str) -> Any:
    """Return an `MlflowClient` of a tracking URI; ``MLFLOW_REGISTRY_URI`` may name another place for models.

    Raises
    ------
    MlflowMissing : the extra is not installed.
    RegistryUnavailable : nobody answers there.
    """
    for name, value in OURS.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient
    except ModuleNotFoundError as error:
        raise MlflowMissing("MLflow is not installed: pip install '.[registry]' in the project's folder") from error
    with answering(uri):
        return MlflowClient(tracking_uri=uri)


@contextmanager
def answering(uri: str) -> Iterator[None]:
    """Turn what MLflow raises into one error that says where it was asked.

    Raises
    ------
    RegistryUnavailable : with MLflow's own words.
    """
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise RegistryUnavailable(uri, _first_line(error.message)) from error
    # A database without its driver, an artifact store without its client or its rights.
    except Exception as error:
        if not isinstance(error, OSError | ImportError) and type(error).__module__.partition(".")[0] not in BELOW:
            raise
        raise RegistryUnavailable(uri, f"{type(error).__name__}: {_first_line(str(error))}") from error


@contextmanager
def current(uri: str) -> Iterator[None]:
    """Make a URI MLflow's current one, which its SQL registry asks for models whatever its client was told."""
    import mlflow

    before, stated = mlflow.get_tracking_uri(), os.environ.get(VARIABLE)
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)
        # Setting it has set the variable too, for processes to come.
        os.environ.pop(VARIABLE, None)
        if stated is not None:
            os.environ[VARIABLE] = stated


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:500]
