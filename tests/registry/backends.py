"""The two places that MLflow may keep things in: a file and a folder, or a team's server over PostgreSQL and S3."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import boto3

from challenge_neuralworks.registry.connecting import connect
from tests.fronting import moto
from tests.project.commands import free_port
from tests.registry.postgres import postgres

BUCKET = "artifacts"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
PATIENCE_S = 90.0


class Kept(Protocol):
    """Where artifacts end up, seen from behind MLflow."""

    def read(self, ending: str) -> bytes:
        """Return the one file whose path ends so."""
        ...

    def replace(self, ending: str, content: bytes) -> None:
        """Give the one file whose path ends so another content."""
        ...


class Backend(NamedTuple):
    """An MLflow: what a client is told, and what is behind it."""

    uri: str
    kept: Kept


class Folder:
    """Artifacts in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, ending: str) -> Path:
        (found,) = (path for path in self.root.rglob("*") if path.as_posix().endswith(ending))
        return found

    def read(self, ending: str) -> bytes:
        """Return a file."""
        return self._path(ending).read_bytes()

    def replace(self, ending: str, content: bytes) -> None:
        """Replace a file."""
        self._path(ending).write_bytes(content)


class Bucket:
    """Artifacts in S3."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def _key(self, ending: str) -> str:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        (found,) = (key for key in keys if key.endswith(ending))
        return str(found)

    def read(self, ending: str) -> bytes:
        """Return an object."""
        return bytes(self.client.get_object(Bucket=BUCKET, Key=self._key(ending))["Body"].read())

    def replace(self, ending: str, content: bytes) -> None:
        """Replace an object."""
        self.client.put_object(Bucket=BUCKET, Key=self._key(ending), Body=content)


@contextmanager
def local(folder: Path) -> Iterator[Backend]:
    """Yield the MLflow of a folder: no server."""
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    # What is the current folder when a file is first opened gets the artifacts.
    with chdir(folder):
        connect(uri)
    yield Backend(uri, Folder(folder / "mlruns"))


@contextmanager
def team(folder: Path, programs: Path) -> Iterator[Backend]:
    """Yield an MLflow server that keeps its records in PostgreSQL and its artifacts in S3."""
    with postgres(programs) as database, s3() as (endpoint, client):
        store = ["--backend-store-uri", database, "--artifacts-destination", f"s3://{BUCKET}/mlflow"]
        with mlflow_server(folder, store, MLFLOW_S3_ENDPOINT_URL=endpoint, **CREDENTIALS) as uri:
            yield Backend(uri, Bucket(client))


@contextmanager
def s3() -> Iterator[tuple[str, Any]]:
    """Run moto's S3 with one bucket; yield its address and a client."""
    with moto() as (host, port):
        endpoint = f"http://{host}:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - moto takes any
        )
        client.create_bucket(Bucket=BUCKET)
        yield endpoint, client
        client.close()


@contextmanager
def mlflow_server(folder: Path, store: Sequence[str], **environment: str) -> Iterator[str]:
    """Run ``mlflow server`` until the block ends; yield its address."""
    port = free_port()
    words = ["server", *store, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with mlflow(words, port, "/health", folder, **environment) as address:
        yield address


@contextmanager
def mlflow(words: Sequence[str], port: int, ready: str, folder: Path, **environment: str) -> Iterator[str]:
    """Run MLflow's own command until the block ends, once it answers at a path; yield its address."""
    address = f"http://127.0.0.1:{port}"
    with (folder / f"{words[0]}.log").open("w+b") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "mlflow"), *words],
            cwd=folder,
            env={**os.environ, **QUIET, **environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdout=log,
            stderr=log,
            # It starts processes of its own, which must end with it.
            start_new_session=True,
        )
        try:
            _wait(process, address + ready, Path(log.name))
            yield address
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - http
                return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < limit, log.read_text()  # noqa: PT018 - as above
            time.sleep(0.1)
