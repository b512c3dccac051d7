"""A function behind the real Lambda emulator, in the real runtime client, on free ports of this machine only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from bench.cores import one_core
from bench.errors import ProcessFailed
from bench.layout import VERSION, Candidate

HOST = "127.0.0.1"
INVOKE = "/2015-03-31/functions/function/invocations"
START_TIMEOUT_S = 10
ANSWER_TIMEOUT_S = 30
END_TIMEOUT_S = 5


class Emulator:
    """Listens from its start to its end; the function's process starts with the first invocation, as on Lambda.

    Parameters
    ----------
    binary : the emulator.
    python : interpreter that holds the runtime client.
    candidate : the function.
    """

    def __init__(self, binary: Path, python: Path, candidate: Candidate) -> None:
        self._port = _free_port()
        self._command = [str(binary), "--log-level", "error"]
        self._command += ["--runtime-api-address", f"{HOST}:{_free_port()}"]
        self._command += ["--runtime-interface-emulator-address", f"{HOST}:{self._port}"]
        self._command += [str(python), "-m", "awslambdaric", candidate.handler]
        self._task = candidate.task
        self._process: subprocess.Popen[bytes] | None = None
        self._connection = HTTPConnection(HOST, self._port, timeout=ANSWER_TIMEOUT_S)

    def __enter__(self) -> Self:
        with one_core():
            self._process = subprocess.Popen(
                self._command,
                cwd=self._task,
                env=function_environment(self._task),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            self._connect(self._process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        self._connection.close()
        if self._process is not None:
            # The function first: the emulator collects it, and an orphan would go on.
            for pid in list(children(self._process.pid)):
                _end(pid)
            self._process.kill()
            self._process.wait()

    def invoke(self, event: bytes) -> bytes:
        """Return the function's answer to an event.

        Raises
        ------
        ProcessFailed : there is none.
        """
        try:
            self._connection.request("POST", INVOKE, event, {"Content-Type": "application/json"})
            return self._connection.getresponse().read()
        except (OSError, HTTPException) as error:
            raise ProcessFailed(f"the function in {self._task} did not answer: {error!r}") from error

    def function_pid(self) -> int | None:
        """Return the process that runs the function; None before the first invocation."""
        return next(children(self._process.pid), None) if self._process else None

    def _connect(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                self._connection.connect()
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ProcessFailed(f"the emulator does not listen on {HOST}:{self._port}: {error}") from error
                time.sleep(0.001)
            else:
                return


def function_environment(task: Path) -> dict[str, str]:
    """Return the environment that a function sees: Lambda's own variables, and nothing of this process's."""
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "LAMBDA_TASK_ROOT": str(task),
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{VERSION}",
    }


def children(pid: int) -> Iterator[int]:
    """Yield the processes that a process started and that have not ended."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name before these may hold anything, spaces and brackets too.
            state, parent = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                yield int(stat.parent.name)


def _end(pid: int) -> None:
    deadline = time.monotonic() + END_TIMEOUT_S
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.001)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
